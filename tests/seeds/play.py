"""A play: one process of tests/seeds/plays.py in one language, with what its people saw."""
import json
import re
import sys

from world import ROLES, Desk, Wrong, citizen_id

# Words of the trade and of the machine that stand in Chinese text as they are.
SAME_IN_CHINESE = {"jiexu", "json", "camt", "pain", "xml", "html", "systemctl", "reload", "sighup", "api", "toml"}


# Data, which stands in texts of either language as it was entered.
NAMES = ["欧阳明", "Ouyang Ming", "欧*", "昆医转", "南阳市", "泉州市", "周口市", "昆明市", "西宁市", "贵阳市", "兰州市", "医保基金",
         "银行", "转移科", "中路1号", "东风路7号", "医保转移", "甲公司", "证明.txt", "证明.html"]
# What is no text to read: command lines to copy, paths, options, names of fields and causes, codes, digests, ids, JSON.
NO_TEXT = re.compile(r"""jiexu\ (--config|case|remit|bank|certificate|user\ roles).*|[\w./-]*/[\w./-]+|--[\w-]+
    |\([a-z_.\[\]0-9]+\)|\[[a-z_]+\]|\b[a-z_-]+（|^\ +[a-z-]+:
    |^\{?\ *"\w+":.*|\b\d{20}-\w+-\d+\b|\b[A-Z_0-9-]{3,}\b|\b[0-9a-f-]{6,}\b|\b[A-Z]\d+\b""", re.X)
NO_TEXT_IN_ENGLISH = re.compile(r"闽2026年第\d+号|[零壹贰叁肆伍陆柒捌玖拾佰仟万元角分整]+")


def foreign(text, language):
    """The words of a line that are not in its language."""
    if language == "en":
        return re.findall(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uff5e]+", NO_TEXT_IN_ENGLISH.sub("", text))
    words = re.findall(r"[A-Za-z]{2,}", NO_TEXT.sub("", text))
    return [word for word in words if word.lower() not in SAME_IN_CHINESE]


class Play:
    def __init__(self, world, name, language, story):
        self.world, self.name, self.language = world, name, language
        self.seen, self.ended, self.fault, self.where = [], False, "", ""
        self.moved, self.refunded = [], []  # from which agency to which the balance has gone, or should have
        self.strange = []  # what was in the wrong language: each text once, with its command
        nanyang, quanzhou, zhoukou = world.agencies
        self.nanyang, self.quanzhou, self.zhoukou = nanyang, quanzhou, zhoukou
        self.person = {"zh": "欧阳明", "en": "Ouyang Ming"}[language]
        self.number = citizen_id(2 * world.next_person() - 1)
        self.story = story(self)

    def note(self, text):
        self.seen.append(text)

    def read(self, text):
        plain = "" if text.startswith("<!DOCTYPE html>") else text
        for name in [*NAMES, *ROLES]:
            plain = re.sub(rf"\b{name}\b", "", plain) if name.isascii() else plain.replace(name, "")
        for line, shown in zip(plain.splitlines(), text.splitlines()):
            words = foreign(line, self.language)
            if words and shown not in self.strange:
                self.strange.append(shown)

    def say(self, zh, en):
        return zh if self.language == "zh" else en

    def at(self, agency, person):
        return Desk(self, agency, person)

    def expect(self, seen, *pairs):
        """Each pair is (Chinese, English), or a text that is the same in both."""
        for pair in pairs:
            wanted = pair if isinstance(pair, str) else self.say(*pair)
            if wanted not in seen:
                raise Wrong(f"not seen: {wanted}")

    def find(self, pattern, seen):
        """What fits, or its groups, if the pattern has several."""
        found = re.search(pattern, seen)
        if not found:
            raise Wrong(f"not seen: {pattern}")
        return found.groups() if len(found.groups()) > 1 else found.group(len(found.groups()))

    def same(self, seen, wanted):
        if seen != wanted:
            raise Wrong(f"{seen!r}, and not {wanted!r}")

    def never(self, seen, *texts):
        for text in texts:
            if text in seen:
                raise Wrong(f"seen, and must not be: {text}")


def bank_day(teller):
    """At each agency one makes the batches, and another approves them; the bank works; its statements are read."""
    world = teller.world
    orders = []
    for agency in world.agencies:
        maker, other = Desk(teller, agency, "cai"), Desk(teller, agency, "chu")
        maker.run("remit", "make")
        for batch in maker.json("remit", "batches").get("batches", []):
            if batch["state"] != "made":
                continue
            content = re.search(r"--content (\w+)", maker.run("remit", "show", batch["batch"])).group(1)
            maker.run("remit", "approve", batch["batch"], "--content", content, fails=65)
            other.run("remit", "approve", batch["batch"], "--content", content)
            file = world.folder / f"{batch['batch']}.xml"
            other.run("remit", "export", batch["batch"], "--out", str(file))
            orders.append(file)
    files = world.bank.works(orders)
    for agency in world.agencies:
        for account in agency.accounts:
            if account in files:
                Desk(teller, agency, "wang").run("bank", "import", "--wait", str(files[account]))
    yield


ACCOUNTS = {"fund": "基金", "settled": "已结清", "refunded": "已退本人", "bank": "银行存款", "credited": "已记入个人账户"}


def books(teller, plays, amount_fen):
    """What each agency's ledger says of each other one: all that moved or was paid to a person, and nothing else."""
    moved = [pair for play in plays for pair in play.moved]
    refunded = [pair for play in plays for pair in play.refunded]
    for agency in teller.world.agencies:
        wanted = set()
        for origin, into in {*moved, *refunded}:
            went, back = moved.count((origin, into)) * amount_fen, refunded.count((origin, into)) * amount_fen
            at_origin = {"fund": went + back, "settled": -went, "refunded": -back}
            at_into = {"bank": went, "credited": -went}
            peer, rows = (into, at_origin) if agency.code == origin else (origin, at_into)
            if agency.code in (origin, into):
                wanted |= {(peer, teller.say(ACCOUNTS[name], name), yuan(fen)) for name, fen in rows.items() if fen}
        auditor = Desk(teller, agency, "sun")
        rows = re.findall(r"(?m)^(S\d{11}) +(.+?) +(-?[\d,]+\.\d\d) ", auditor.run("ledger"))
        teller.same({row for row in rows if row[2] != "0.00"}, wanted)
        teller.expect(auditor.run("ledger", "--check"), ("账目正确", "the books are right"))
    by_code = {agency.code: agency for agency in teller.world.agencies}
    for pair in {tuple(sorted(pair)) for pair in moved if by_code.keys() >= set(pair)}:
        for code, peer in (pair, pair[::-1]):
            Desk(teller, by_code[code], "sun").run("ledger", "compare", peer)
    yield


def yuan(fen):
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def verdict(plays, stopped, seconds):
    wrong = 0
    for play in plays:
        if play.fault:
            wrong += 1
            tail = "".join(play.seen[-1:])[-1500:]
            print(f"{tail}\nseeds: FAULT: {play.name} in {play.language}: {play.fault}\n  {play.where}",
                  file=sys.stderr)
        for line in play.strange:
            wrong += 1
            print(f"seeds: FAULT: {play.name} in {play.language}: in another language: {line}", file=sys.stderr)
    if stopped:
        wrong += 1
        print(f"seeds: FAULT: daemons ended with {stopped}", file=sys.stderr)
    commands = sum(text.startswith("$") for play in plays for text in play.seen)
    print(f"seeds: {len(plays)} plays, {commands} commands, {wrong} faults, {seconds:.0f} s")
    return 1 if wrong else 0
