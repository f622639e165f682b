"""What a file may be, for every tool that opens one."""

FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mp3,wav,aac,flac,ogg,asf"  # demuxers of libavformat
MAX_PIXELS = 8192 * 4320
