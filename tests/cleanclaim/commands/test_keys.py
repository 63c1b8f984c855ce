import json
import stat

from typer.testing import CliRunner

from cleanclaim.__main__ import app
from data.errors import BundleRefused, UnreadableFile
from models.bundle import load, save
from models.signature import Demand, Signer


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_model_makes_a_pair_of_which_one_is_secret(tmp_path):
    made = run("keys", "model", "--private", tmp_path / "me.pem", "--json")
    assert made.exit_code == 0
    told = json.loads(made.stdout)
    assert told["public"] == str(tmp_path / "me.pub")
    assert stat.S_IMODE((tmp_path / "me.pem").stat().st_mode) == 0o600
    assert Demand.load(tmp_path / "me.pub").key.hex().startswith(told["key"])


def test_model_replaces_no_key(tmp_path):
    (tmp_path / "me.pem").write_text("mine")
    made = run("keys", "model", "--private", tmp_path / "me.pem")
    assert isinstance(made.exception, UnreadableFile)
    assert (tmp_path / "me.pem").read_text() == "mine"


def test_score_uses_only_a_signed_model_where_that_is_asked(world, tmp_path):
    run("keys", "model", "--private", tmp_path / "me.pem")
    asked = [
        "score",
        *world.upcoming[:1],
        "--out",
        tmp_path / "s.csv",
        "--require-signature",
        tmp_path / "me.pub",
    ]
    refused = run(*asked, "--model", world.model)
    assert isinstance(refused.exception, BundleRefused)
    assert not (tmp_path / "s.csv").exists()
    save(load(world.model), tmp_path / "signed", signer=Signer.load(tmp_path / "me.pem"))
    assert run(*asked, "--model", tmp_path / "signed").exit_code == 0
    assert (tmp_path / "s.csv").exists()


def test_train_tells_a_wrong_key_before_the_work(world, tmp_path):
    (tmp_path / "no.pem").write_text("no key")
    made = run("train", "--store", world.store, "--out", tmp_path / "m", "--sign", tmp_path / "no.pem")
    assert isinstance(made.exception, UnreadableFile)
    assert not (tmp_path / "m").exists()
