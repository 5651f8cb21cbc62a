"""The kiosk in a village, everything real: a villager's keys on a terminal, and what the county then has.

Real are broker with mTLS, hub, agent and kiosk; reader and camera are twins.
"""

import json
import time
from pathlib import Path

import pytest

from hub.library.rules import Spot
from hub.settings import Settings as HubSettings
from hub.store.documents import add_edition
from hub.store.engine import Database, writing
from tests.end_to_end.kiosk.memory import remembered
from tests.end_to_end.kiosk.town import BY, ENTER, ESC, F1, F5, Town, number_on, walk
from tests.end_to_end.kiosk.villager import (
    CHINESE,
    ENGLISH,
    ID_NUMBER,
    NAME,
    OTHER_PARTY,
    SERVICE_CARD,
    WORDS,
    Said,
    finish,
    identify,
    leave_message,
    log_out,
)
from tests.end_to_end.running import have_the_broker_store
from tests.waiting import wait_for
from wire.settings import load_settings

pytestmark = pytest.mark.slow

ANSWERED_WITHIN_S = 2.0
EMERGENCY_WITHIN_S = 1.0
LIBRARY_WITHIN_S = 3.0


@pytest.mark.parametrize("said", [CHINESE, ENGLISH], ids=["in Chinese", "in English"])
def test_a_message_is_answered_and_its_person_reads_the_answer_with_the_card(town: Town, said: Said) -> None:
    words = WORDS if said is CHINESE else "The ridge moved two feet"
    with town.kiosk() as kiosk:
        personal = (NAME, ID_NUMBER, words, said.answer)
        sought = personal if said is CHINESE else (said.answer,)
        before = remembered(kiosk.process.pid, sought)  # the reader's twin knows its fictional resident
        walk(kiosk, ((said.language_key, said.home),))
        identify(town, kiosk, said)
        number = leave_message(kiosk, said, words)
        kiosk.wait_for(said.received)
        visit = town.visit(number)
        assert (visit["service"], visit["who"], visit["matter"]) == ("legal_advice", "card", "neighbours")
        opened = town.opened(number)
        assert (opened["identity"]["name"], opened["identity"]["id_number"]) == (NAME, ID_NUMBER)
        assert words in json.dumps(opened["words"], ensure_ascii=False)
        of = ("--station", town.station, *BY)
        town.hub("visits", "answer", number, *of, "--state", "answered", "--text", said.answer)
        walk(kiosk, (("3", said.menu),))
        log_out(town, kiosk, said)

        walk(kiosk, ((said.language_key, said.home),))
        identify(town, kiosk, said)
        asked_s = time.monotonic()
        kiosk.press("5")
        kiosk.wait_for(said.cases, number, said.answered)
        kiosk.press("1")
        kiosk.wait_for(number, said.answered, said.answer)
        assert time.monotonic() - asked_s < ANSWERED_WITHIN_S
        walk(kiosk, ((ESC, said.cases), (ESC, said.menu)))
        during = remembered(kiosk.process.pid, sought)
        assert all(during[text] > before[text] for text in sought if text in {NAME, said.answer})
        first = log_out(town, kiosk, said)
        assert not any(text in first for text in (*personal, number))
        wait_for(lambda: remembered(kiosk.process.pid, sought) == before, "nothing of it is left in memory", 5)
    have_the_broker_store(town.demo)
    assert town.files_with(*personal) == []


def test_mediation_by_a_typed_number_is_marked_as_typed_and_sealed(town: Town) -> None:
    with town.kiosk() as kiosk:
        walk(kiosk, (("2", "请输入身份证号码"), (ID_NUMBER, "002X"), (ENTER, "请输入姓名"), (NAME, NAME)))
        walk(kiosk, ((ENTER, "未核验"), ("1", "隐私告知"), ("1", "[V]"), ("3", "请选择要办的事")))
        walk(kiosk, (("2", "是哪方面的事"), ("2", "对方叫什么"), (OTHER_PARTY, OTHER_PARTY), (ENTER, "对方电话")))
        walk(kiosk, ((ENTER, "对方住哪里"), (ENTER, "是什么纠纷"), (WORDS, WORDS), (ENTER, "最多 3 项")))
        walk(kiosk, (("1", "[V]"), ("7", "您的电话"), (ENTER, "没错就提交"), ("1", "[V] 同意"), ("2", "自愿调解")))
        kiosk.press("3")
        number = number_on(kiosk.wait_for("受理编号", "县里已收到"))
        finish(kiosk)
    listed = json.loads(town.hub("visits", "list", "--station", town.station, "--json").stdout)
    (visit,) = [one for one in listed if one["number"] == number]
    assert (visit["who"], visit["service"]) == ("typed", "mediation")
    words = json.dumps(town.opened(number)["words"], ensure_ascii=False)
    assert OTHER_PARTY in words
    assert WORDS in words
    assert town.files_with(NAME, ID_NUMBER, OTHER_PARTY, WORDS) == []


def test_a_service_card_before_the_camera(town: Town) -> None:
    with town.kiosk() as kiosk:
        kiosk.wait_for("便民服务卡")
        walk(kiosk, (("3", "便民服务卡号"),), within_s=20)
        walk(kiosk, (("1", "隐私告知"), ("1", "[V]"), ("3", "请选择要办的事")))
        number = leave_message(kiosk, CHINESE, WORDS)
        kiosk.wait_for("县里已收到")
        finish(kiosk)
    assert town.visit(number)["who"] == "service_card"
    assert town.opened(number)["identity"]["service_card"] == SERVICE_CARD
    assert town.files_with(SERVICE_CARD) == []


def test_a_call_for_help_is_at_the_county_within_a_second_and_can_be_taken_back(town: Town) -> None:
    def calls() -> dict[str, bool]:
        """Return this village's calls, and whether each was taken back."""
        found = town.api.get("/api/v1/emergencies")["emergencies"]
        return {call["call"]: call["withdrawn"] for call in found if call["station"] == town.station}

    with town.kiosk() as kiosk:
        kiosk.wait_for("在线")
        for _ in range(5):
            before = calls()
            walk(kiosk, ((F1, "要紧急求助吗"),))
            called_s = time.monotonic()
            kiosk.press("1")
            while calls().keys() == before.keys():
                assert time.monotonic() - called_s < EMERGENCY_WITHIN_S
            assert time.monotonic() - called_s < EMERGENCY_WITHIN_S
            kiosk.wait_for("县里已收到您的求助")
            (mine,) = calls().keys() - before.keys()
            assert calls()[mine] is False
            walk(kiosk, (("1", "已告诉县里：按错了"),))
            assert calls()[mine] is True
            walk(kiosk, (("0", "请刷身份证"),))
        before_staff = town.visits().keys()
        walk(kiosk, ((F5, "(V) 县里已收到"),))
        (staff,) = [visit for number, visit in town.visits().items() if number not in before_staff]
        assert (staff["service"], staff["who"]) == ("call_staff", "anonymous")
        walk(kiosk, (("0", "请刷身份证"),))


def test_without_the_county_it_says_so_and_everything_arrives_later_by_itself(town: Town) -> None:
    with town.kiosk() as kiosk:
        kiosk.wait_for("(+) 在线")
        town.stop_hub()
        kiosk.wait_for("(!) 离线")
        identify(town, kiosk, CHINESE)
        numbers = [leave_message(kiosk, CHINESE, WORDS)]
        kiosk.wait_for("已保存在本机")
        walk(kiosk, (("3", "请选择要办的事"), ("5", "现在没有联网")))
        kiosk.wait_for("都保存着，不会丢", "等待上报")
        walk(kiosk, ((ESC, "请选择要办的事"),))
        numbers.append(leave_message(kiosk, CHINESE, WORDS))
        kiosk.wait_for("已保存在本机")
        walk(kiosk, ((F1, "要紧急求助吗"), ("1", "没有联网，县里还没收到")))
        kiosk.wait_for("报警 110", "12348")
        town.start_hub()
        kiosk.wait_for("县里已收到您的求助", within_s=20)
        walk(kiosk, (("0", "(V) 县里已收到"),))
        kiosk.wait_for("(+) 在线", numbers[1])
        town.lift()
        finish(kiosk)
    assert [town.visit(number)["who"] for number in numbers] == ["card", "card"]


def test_what_the_county_publishes_is_on_the_screen_at_once_and_what_will_not_do_is_not(
    town: Town, tmp_path: Path
) -> None:
    def document(name: str, content: object) -> str:
        file = tmp_path / f"{name}.json"
        file.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
        return str(file)

    def roster(name: str) -> object:
        return {"people": [{"name": name, "role": "mediator", "phone": "0000-0000009"}]}

    with town.kiosk() as kiosk:
        walk(kiosk, (("1", "请选择要办的事"), ("4", "测试律师")))
        town.hub("library", "publish", document("roster", roster("测试新人")), *BY)
        kiosk.wait_until(lambda shown: "测试新人" in shown and "测试律师" not in shown, "the new", LIBRARY_WITHIN_S)

        refused = town.hub("library", "publish", document("roster", {"people": "nobody"}), *BY, right=False)
        assert "E-DOC-02" in refused.stderr
        # What this hub lets through, an older or newer station may refuse.
        county = load_settings(Path(town.demo.facts["hub_config"]), HubSettings)
        database = Database(county.database)
        try:
            with writing(database) as connection:
                spot, now_ms = Spot("county", county.county), int(time.time() * 1000)
                add_edition(connection, "roster", spot, '{"people": "nobody"}', "测试员", now_ms)
        finally:
            database.stop()
        wait_for(lambda: _state_of(town, "roster") == ("refused", "E-LIB-06"), "the refusal is reported")
        assert "测试新人" in kiosk.text()
        town.hub("library", "publish", document("texts", {"texts": {"people.title": {"zh": "您想找哪一位"}}}), *BY)
        kiosk.wait_for("您想找哪一位", "测试新人", within_s=LIBRARY_WITHIN_S)
        walk(kiosk, ((ESC, "请选择要办的事"), (ESC, "请刷身份证")))


def _state_of(town: Town, name: str) -> tuple[str, str | None]:
    told = json.loads(town.hub("library", "list", "--station", town.station, "--json").stdout)
    (holding,) = [one for one in told["stations"] if one["name"] == name]
    return holding["state"], holding["code"]
