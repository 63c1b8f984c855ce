from serving.result import from_json, to_json


def test_json_and_back_is_the_same_answer(result) -> None:
    assert from_json(to_json(result)) == result


def test_the_same_answer_gives_the_same_bytes(result, result_of) -> None:
    assert to_json(result) == to_json(result_of())
