"""Files coming in: signed uploads, their validation and their end."""
