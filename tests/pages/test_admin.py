"""The admin: every list, form and action, and what staff must not be able to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import Account
from billing import ledger
from billing.models import Entry, Hold, Wallet
from captions.models import Piece
from clips.models import Clip, Master
from core.models import Idempotency, Trash
from jobs import queue
from jobs.models import Job, WorkerBeat
from tests.captions.rows import font_row, make_preset
from tests.factories import PASSWORD, give, make_account, make_key, make_payment
from tests.transcripts.rows import transcript
from uploads.models import Asset, Part, Quota, Upload
from webhooks.emit import emit
from webhooks.models import Event

MODELS = sorted((model for model in admin.site._registry), key=lambda model: model._meta.label)
NAMES = [model._meta.label for model in MODELS]
MONEY = ["billing.Entry", "billing.Hold", "billing.Payment", "billing.Wallet"]


def address(model: type, page: str, *given: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[quote(key) for key in given])


def make_rows(account: Account, number: int) -> None:
    """One row of every model that belongs to the account."""
    from allauth.account.models import EmailAddress

    make_key(account)
    give(account, 500)
    ledger.credit(make_payment(account))
    EmailAddress.objects.create(user=account, email=account.email, verified=True, primary=True)
    soon = timezone.now() + timedelta(hours=1)
    upload = Upload.objects.create(account=account, filename="a.mp4", size=5, expires_at=soon)
    Part.objects.create(upload=upload, number=1, size=5)
    Quota.objects.get_or_create(account=account)
    job = queue.submit(account, kind="clip", cents=2, spec={"upload": upload.pk}, source=upload.pk)
    Clip.objects.create(account=account, job=job, title="A", file_name="a.mp4", format="mp4", duration=1.5, size=9,
                        key=f"out/{job.pk}/1.mp4")
    emit(account, "upload.ready", subject=upload.pk, data={"file_id": upload.pk})
    Idempotency.objects.create(account=account, route="/v1/clip", key="k", body_sha256="0", expires_at=soon)
    make_preset(account, font_source="upload", font_id=font_row(account).pk)
    transcript(upload)
    Piece.objects.create(upload=upload, wish="pocketsphinx::", number=0, start=0.0, end=5.0)
    Trash.objects.create(key=f"incoming/{number}")
    WorkerBeat.objects.create(host=f"worker-{number}", seen_at=timezone.now())


@pytest.fixture
def world(alice, bob):
    from django.contrib.auth.models import Group

    Group.objects.create(name="Support")
    make_rows(alice, 1)
    make_rows(bob, 2)


@pytest.fixture
def root(client, db):
    client.force_login(make_account("root", is_staff=True, is_superuser=True))
    return client


def test_every_model_of_ours_is_in_the_admin():
    from django.apps import apps

    ours = {model for model in apps.get_models() if not model.__module__.startswith(("django", "allauth"))}
    inline = {Asset, Master, Part}
    assert ours - inline <= set(MODELS)


def test_the_queues_own_tables_are_not():
    assert not [name for name in NAMES if name.startswith("django_q")]


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_each_list_opens_with_rows_in_it(root, world, model):
    reply = root.get(address(model, "changelist"))
    assert reply.status_code == 200
    assert model._default_manager.exists()
    assert address(model, "change", model._default_manager.first().pk).encode() in reply.content


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_each_list_can_be_searched_and_filtered(root, world, model):
    page = admin.site._registry[model]
    assert page.search_fields
    assert root.get(address(model, "changelist"), {"q": "alice"}).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_each_row_opens(root, world, model):
    assert root.get(address(model, "change", model._default_manager.first().pk)).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_each_add_form_opens_where_adding_is_allowed(root, world, model, rf):
    addable = model._meta.label in {"accounts.Account", "auth.Group"}
    assert root.get(address(model, "add")).status_code == (200 if addable else 403)


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_a_list_asks_no_more_queries_for_more_rows(root, alice, bob, model, django_assert_max_num_queries):
    from django.contrib.auth.models import Group

    make_rows(alice, 1)
    Group.objects.create(name="one")
    with django_assert_max_num_queries(20) as few:
        root.get(address(model, "changelist"))
    make_rows(bob, 2)
    make_rows(make_account("carol"), 3)
    Group.objects.create(name="two")
    with django_assert_max_num_queries(len(few)):
        root.get(address(model, "changelist"))


@pytest.mark.parametrize("model", [Entry, Hold, Wallet, Event, Job, Upload, Clip],
                         ids=lambda model: model._meta.label)
def test_what_services_write_cannot_be_changed_added_or_deleted_by_hand(root, world, model):
    row = model._default_manager.first()
    before = model._default_manager.filter(pk=row.pk).values().get()
    assert root.post(address(model, "change", row.pk), {"amount": 99_999, "available": 99_999}).status_code == 403
    assert root.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    root.post(address(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk],
                                             "post": "yes"})
    assert model._default_manager.filter(pk=row.pk).values().get() == before


def test_a_key_can_be_revoked_but_its_digest_is_never_shown(root, alice):
    make_key(alice)
    key = alice.keys.get()
    page = address(type(key), "change", key.pk)
    assert key.digest not in root.get(page).content.decode()
    root.post(address(type(key), "delete", key.pk), {"post": "yes"})
    assert not alice.keys.exists()


def test_stored_answers_hide_their_bodies(root, alice):
    row = Idempotency.objects.create(account=alice, route="/v1/clip", key="k", body_sha256="0", state="done",
                                     status=200, body='{"upload_url":"s3cr3t"}', expires_at=timezone.now())
    assert "s3cr3t" not in root.get(address(Idempotency, "change", row.pk)).content.decode()


def test_an_account_can_be_made_switched_off_and_not_deleted(root):
    form = {"email": "Dora@Example.com", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true",
            "keys-TOTAL_FORMS": 0, "keys-INITIAL_FORMS": 0}
    reply = root.post(address(Account, "add"), form)
    assert reply.status_code == 302, reply.context["errors"]
    dora = Account.objects.get(email="dora@example.com")
    assert dora.check_password(PASSWORD) and not dora.is_staff
    root.post(address(Account, "change", dora.pk), {"email": dora.email, "keys-TOTAL_FORMS": 0,
                                                    "keys-INITIAL_FORMS": 0})
    assert not Account.objects.get(pk=dora.pk).is_active
    assert root.post(address(Account, "delete", dora.pk), {"post": "yes"}).status_code == 403


# --- Actions ----------------------------------------------------------------------------------------------

def act(client, action: str, *jobs: Job):
    form = {"action": action, "_selected_action": [job.pk for job in jobs]}
    return client.post(address(Job, "changelist"), form, follow=True)


def test_staff_cancel_a_job_through_the_service_and_the_money_returns(root, alice):
    give(alice, 10)
    job = queue.submit(alice, kind="clip", cents=2, spec={})
    reply = act(root, "cancel", job)
    job.refresh_from_db()
    assert (job.status, job.error_code, Wallet.objects.get(account=alice).available) == ("failed", "cancelled", 10)
    assert b"Cancelled: 1." in reply.content


def test_cancelling_what_has_finished_says_so_and_changes_nothing(root, alice):
    give(alice, 10)
    job = queue.submit(alice, kind="clip", cents=2, spec={})
    queue.fail(job.pk, code="gave_up", sentence="It failed.")
    reply = act(root, "cancel", job)
    assert b"already finished" in reply.content and b"Cancelled: 0." in reply.content
    assert Job.objects.get(pk=job.pk).error_code == "gave_up"


def test_ring_again_rings_only_what_waits_for_a_worker(root, alice):
    from django_q.models import OrmQ

    give(alice, 10)
    open_job = queue.submit(alice, kind="clip", cents=2, spec={})
    waiting = queue.submit(alice, kind="clip", cents=2, spec={}, waiting=True)
    before = OrmQ.objects.count()
    assert b"Rung: 1." in act(root, "ring_again", open_job, waiting).content
    assert OrmQ.objects.count() == before + 1


# --- Who sees what ----------------------------------------------------------------------------------------

@pytest.fixture
def staff(client, db):
    """Somebody of the support team: may look at everything that is not money."""
    from django.contrib.auth.models import Permission

    person = make_account("staff", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    client.force_login(person)
    return client


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_only_superusers_see_money(staff, world, model):
    expected = 403 if model._meta.label in MONEY else 200
    assert staff.get(address(model, "changelist")).status_code == expected


def test_the_sidebar_of_staff_has_no_money_in_it(staff, world):
    page = staff.get("/admin/").content.decode()
    assert "/admin/billing/" not in page and "/admin/jobs/job/" in page


def test_staff_who_may_look_may_not_cancel(staff, alice):
    give(alice, 10)
    job = queue.submit(alice, kind="clip", cents=2, spec={})
    act(staff, "cancel", job)
    assert Job.objects.get(pk=job.pk).status == "pending"


def test_staff_cannot_make_themselves_superusers(client, db):
    from django.contrib.auth.models import Permission

    person = make_account("mallory", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=["view_account", "change_account"]))
    client.force_login(person)
    client.post(address(Account, "change", person.pk), {
        "email": person.email, "is_active": "on", "is_staff": "on", "is_superuser": "on",
        "keys-TOTAL_FORMS": 0, "keys-INITIAL_FORMS": 0})
    assert not Account.objects.get(pk=person.pk).is_superuser


@pytest.mark.parametrize("path", ["/admin/", "/admin/jobs/job/", "/admin/accounts/account/"])
def test_customers_and_strangers_get_no_admin(client, alice, path):
    assert client.get(path).status_code == 302
    client.force_login(alice)
    assert client.get(path).status_code in (302, 403)


# --- The first page ---------------------------------------------------------------------------------------

def test_the_dashboard_counts_jobs_and_names_failures(root, alice):
    give(alice, 100)
    for _ in range(2):
        queue.submit(alice, kind="clip", cents=2, spec={})
    failed = queue.submit(alice, kind="clip", cents=2, spec={})
    queue.fail(failed.pk, code="source_gone", sentence="It is gone.")
    page = root.get("/admin/")
    states = {state["name"]: state["count"] for state in page.context["states"]}
    assert (states["pending"], states["failed"], states["complete"]) == (2, 1, 0)
    assert page.context["failures"]["rows"] == [["source_gone", 1]]
    assert page.context["oldest_pending"] is not None
    assert "status__exact=failed" in page.content.decode()


def test_the_dashboard_warns_when_no_worker_answers(root):
    assert b"No worker answers" in root.get("/admin/").content
    WorkerBeat.objects.create(host="worker-1", seen_at=timezone.now())
    assert b"No worker answers" not in root.get("/admin/").content


def test_the_dashboard_opens_on_an_empty_product(root):
    assert root.get("/admin/").status_code == 200


def test_the_admin_bears_our_name_and_says_where_it_is(root, settings):
    assert b"FastClip" in root.get("/admin/").content and b"Local" in root.get("/admin/").content
    settings.PUBLIC_SITE_URL = "https://fastclip.example"
    assert b"Production" in root.get("/admin/").content


def test_the_admin_loads_nothing_from_other_origins(root, world):
    for path in ("/admin/", "/admin/jobs/job/"):
        page = root.get(path).content.decode()
        assert 'src="http' not in page and 'href="https://' not in page


def test_sidebar_lines_all_lead_somewhere(root):
    from fastclip_site.admin_look import sidebar

    class Request:
        user = Account(is_superuser=True, is_staff=True, is_active=True)

    for group in sidebar(Request()):
        for line in group["items"]:
            target = line["link"] if isinstance(line["link"], str) else line["link"](Request())
            try:
                assert root.get(target).status_code == 200
            except NoReverseMatch:
                pytest.fail(f"{line['title']} leads nowhere")


def test_the_list_of_jobs_writes_24_hours_and_how_long_a_job_took(root, alice):
    job = queue.submit(alice, kind="clip", cents=0, spec={})
    started = timezone.now().replace(month=3, day=9, hour=21, minute=5)
    Job.objects.filter(pk=job.pk).update(status="complete", created_at=started, started_at=started,
                                         finished_at=started + timedelta(seconds=12.34))
    shown = root.get(address(Job, "changelist")).content.decode()
    assert "9 Mar" in shown and "21:05" in shown and "12.3 s" in shown


def test_the_corner_names_who_is_signed_in_once_and_says_what_they_may(root):
    shown = root.get("/admin/").content.decode()
    corner = shown[shown.index('x-data="{ openUserLinks: false }"'):]
    corner = corner[:corner.index("unfold_more")]
    assert (corner.count("@example.com"), "Superuser" in corner) == (1, True)
