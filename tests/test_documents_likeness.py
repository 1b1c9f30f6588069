"""Which texts are alike."""

from tracker.documents.likeness import Corpus, matched

EARLIER = {
    "antenna": "Early signing of the arrangements for the transfer of the UNICORN antenna",
    "consulate": "India will open a consulate in Fukuoka",
    "cyber": "Deepening cooperation through the cyber dialogue",
}


def test_rare_words_count_more_than_common_ones() -> None:
    corpus = Corpus(EARLIER)
    assert corpus.nearest("progress made for the transfer of the antenna")[0][0] == "antenna"
    assert corpus.nearest("the Consulates in Fukuoka were opened")[0][0] == "consulate"
    assert corpus.nearest("") == []
    assert Corpus[str]({}).nearest("anything") == []


def test_each_text_takes_up_one_earlier_at_most() -> None:
    later = {
        "a": "They signed the arrangements for the UNICORN antenna",
        "b": "They spoke of the antenna",
        "c": "Something else altogether: semiconductors",
    }
    assert matched(EARLIER, later) == {"a": "antenna"}
