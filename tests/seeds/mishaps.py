"""What no founding document foresees and people meet all the same, as plays (plays.py)."""
from plays import (MONEY_IS_HERE, accepts, begins, credits_and_closes, filled_in, form_is_here, is_over, issues, pays,
                   sends_letter, takes_letter)


def refused_and_paid(play):
    """A clerk takes a payment for sent back that the bank has paid; meanwhile the other agency credits it. What it says of
    that is set aside, and two people let it pass once two have said that the payment went out."""
    # One list waits at a time.
    into, origin = (play.nanyang, play.quanzhou) if play.language == "zh" else (play.quanzhou, play.nanyang)
    case = begins(play, into, origin)
    accepts(play, into, case)
    letter = sends_letter(play, into, case)
    takes_letter(play, origin, into, letter)
    zhou = play.at(origin, "zhou")
    issues(play, origin, letter, filled_in(play, zhou, letter))
    form_is_here(play, play.at(into, "wang"), letter)
    play.at(into, "wang").run("case", "do", letter, "confirm-form")
    zhou.until(play.say("已确认", "confirmed"), "case", "show", letter)
    pays(play, origin, letter, into.account)
    yield
    zhou.run("case", "do", letter, "bank-returned", "--set", "amount=3456.78", "--set", "reason=AC04")
    play.at(into, "wang").until(play.say(*MONEY_IS_HERE), "case", "show", letter)
    credits_and_closes(play, into, letter)
    cai, chu, qian, wu = (play.at(origin, person) for person in ("cai", "chu", "qian", "wu"))
    qian.until(case[:23], "quarantine", "list", "--peer", into.code)
    place = play.find(rf"(?m)^([0-9a-f]{{48}}) .*{case[:23]} .*{play.say('资金到账确认', 'Acknowledgement')}", qian.out)
    play.at(origin, "sun").run("quarantine", "show", place)
    kept = ("仍被拒绝，留在隔离区", "refused, and stays")
    lets_pass(play, qian, wu, place, kept)  # too early: our case still has the money back
    said = play.say("银行查明已付出", "the bank says that it went out")
    seen = cai.run("remit", "release", f"{letter}-1", "--went-out", "--note", said)
    digits = play.find(r"--content (\w+)", seen)
    chu.run("remit", "approve-release", f"{letter}-1", "--content", digits)
    lets_pass(play, qian, wu, place, ("已处理", "taken"))
    play.never(qian.run("quarantine", "list", "--peer", into.code), place)
    is_over(play, origin, letter)


def lets_pass(play, one, other, place, outcome):
    """One proposes, and another approves what was shown."""
    why = play.say("已与银行核实", "cleared up with the bank")
    seen = one.run("quarantine", "release", place, "--note", why)
    digits = play.find(r"--content (\w+)", seen)
    play.expect(seen, why, place)
    one.run("quarantine", "approve", "--content", digits, fails=77)
    other.run("quarantine", "approve", "--content", "0" * 8, fails=65)
    play.expect(other.run("quarantine", "approve", fails=64), why, digits)
    seen = other.run("quarantine", "approve", "--content", digits)
    play.expect(seen, outcome)
    return seen


ALL = {"refused-and-paid": refused_and_paid}
