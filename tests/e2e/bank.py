#!/usr/bin/env python3
"""A small bank to test against: takes payment files, gives back statements, and misbehaves as told.

    bank.py FOLDER [--rules FILE] [--day YYYY-MM-DD]

One call is one round of bookings. The bank takes every FOLDER/orders/*.xml (pain.001.001.09) that it
has not had yet, books, and writes a statement for each account on which something was booked:
FOLDER/statements/ACCOUNT/NNNNNN.xml, in odd rounds camt.053.001.08, in even ones camt.054.001.08.
FOLDER/journal.txt says of each line which payments it is of, which the statement may not say:
"ACCOUNT HOST-NUMBER PAYMENT=FEN..." (below 0: debited), for whoever rings the bank; of a
credit in parts or of a wrong sum, the payments as they were ordered. State is in
FOLDER/state.json; a call that was killed is repeated without harm. Printed is how many lines are
still to come.

An EndToEndId that was ordered before is refused: nothing is booked. A payment is debited from the
payer and credited to the payee in the same round, with its EndToEndId and remark, unless a rule says
otherwise. The rule file has one rule a line, '#' begins a remark:

    WHAT [ARGUMENT] every N

The first rule that hits a payment counts; "every N" hits one in N, by the payment's EndToEndId, so
that the same payments are hit whenever they come. Only first attempts are hit, so that everything
ends.

    return CODE every N    debited, and sent back in the next round with this reason (X22)
    delay ROUNDS every N   credited that many rounds later
    split PARTS every N    credited in parts, one a round (X28)
    merge every N          one debit and one credit with the next payment of the same file; the
                           remark has both letter numbers and no EndToEndId is left (X26)
    misquote every N       credited without EndToEndId and with a remark that says nothing (X29)
    double every N         both lines are told again in the statements of the next round (X30)
    reverse every N        the credit is taken back in the next round, and booked anew in the round
                           after that
    early every N          credited in this round, debited in the next one
    twice every N          debited and credited a second time, with the same EndToEndId; in the next
                           round the bank sees it, takes the second credit back and gives the second
                           debit back
    together every N       of files, by their batch number: one debit and one credit for the whole
                           file, whose remark has the batch number only (X26)
    parts PARTS every N    of files: the same, credited in parts, one a round
    misadd FEN every N     of files: the same, credited with so much too much, which is taken back in
                           the next round and booked anew in the round after that (X27)
"""
import argparse
import datetime
import hashlib
import json
import os
import pathlib
import re
import sys
import xml.etree.ElementTree as xml
from xml.sax.saxutils import escape

PAIN = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
RULES = {"return": 1, "delay": 1, "split": 1, "merge": 0, "misquote": 0, "double": 0,
         "reverse": 0, "early": 0, "twice": 0, "together": 0, "parts": 1, "misadd": 1}
OF_FILES = ("together", "parts", "misadd")
FORMATS = {1: ("camt.053.001.08", "BkToCstmrStmt", "Stmt"),
           0: ("camt.054.001.08", "BkToCstmrDbtCdtNtfctn", "Ntfctn")}


def read_rules(path):
    rules = []
    for number, line in enumerate(path.read_text().splitlines() if path else [], 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        what = words[0]
        sound = what in RULES and len(words) == RULES[what] + 3 and words[-2] == "every"
        if not sound or not words[-1].isdigit() or int(words[-1]) < 1:
            sys.exit(f"{path}:{number}: no such rule: {line.strip()}")
        argument = words[1] if RULES[what] else ""
        if what in ("delay", "split", "parts", "misadd") and not (argument.isdigit() and int(argument) > 0):
            sys.exit(f"{path}:{number}: {what} takes a number above 0")
        rules.append({"what": what, "argument": argument, "every": int(words[-1])})
    return rules


def hits(rule, number):
    drawn = hashlib.sha256((rule["what"] + number).encode()).digest()
    return int.from_bytes(drawn[:4], "big") % rule["every"] == 0


def rule_for(payment, rules):
    if not payment["id"].endswith("-1"):
        return {"what": ""}
    for rule in rules:
        if rule["what"] not in OF_FILES and hits(rule, payment["id"]):
            return rule
    return {"what": ""}


def rule_for_file(payments, rules):
    for rule in rules:
        if rule["what"] in OF_FILES and len(payments) > 1 and hits(rule, payments[0]["batch"]):
            return rule
    return None


def in_parts(total, parts):
    return [total // parts + (total % parts if n == 0 else 0) for n in range(parts)]


def fen(text):
    yuan, _, part = text.partition(".")
    return int(yuan) * 100 + int((part + "00")[:2])


def read_orders(path):
    info = xml.parse(path).getroot().find("p:CstmrCdtTrfInitn/p:PmtInf", PAIN)
    text = lambda at, where: (at.findtext(where, "", PAIN) or "").strip()
    payer = {"account": text(info, "p:DbtrAcct/p:Id/p:Othr/p:Id"), "name": text(info, "p:Dbtr/p:Nm")}
    for one in info.findall("p:CdtTrfTxInf", PAIN):
        yield {"id": text(one, "p:PmtId/p:EndToEndId"),
               "fen": fen(text(one, "p:Amt/p:InstdAmt")),
               "batch": text(info, "p:PmtInfId"),
               "payer": payer,
               "payee": {"account": text(one, "p:CdtrAcct/p:Id/p:Othr/p:Id"),
                         "name": text(one, "p:Cdtr/p:Nm")},
               "remark": text(one, "p:RmtInf/p:Ustrd")}


class Bank:
    def __init__(self, state, rules):
        self.state = state
        self.rules = rules
        state["round"] += 1
        self.now = state["round"]

    def book(self, after, own, other, amount, payments, **extra):
        """A line on the account `own`, `after` rounds from now. Returns it."""
        sign = 1 if amount > 0 else -1
        shares = [amount] if len(payments) == 1 else [sign * p["fen"] for p in payments]
        self.state["lines"] += 1
        line = {"round": self.now + after, "account": own["account"], "other": other,
                "host": f"H{self.state['lines']:08d}", "fen": amount,
                "payments": [f"{p['id']}={f}" for p, f in zip(payments, shares)], "remark": "", "id": "", "batch": "",
                "reversal": False, "reason": ""}
        line.update(extra)
        self.state["due"].append(line)
        return line

    def debit(self, after, payments, **extra):
        first = payments[0]
        return self.book(after, first["payer"], first["payee"], -sum(p["fen"] for p in payments),
                         payments, batch=first["batch"], **extra)

    def credit(self, after, payments, amount, **extra):
        first = payments[0]
        return self.book(after, first["payee"], first["payer"], amount, payments, **extra)

    def take(self, path):
        payments = [p for p in read_orders(path) if p["id"] not in self.state["had"]]
        self.state["had"] += [p["id"] for p in payments]
        rule = rule_for_file(payments, self.rules)
        if rule:
            self.pay_file(payments, rule)
            payments = []
        while payments:
            payment = payments.pop(0)
            rule = rule_for(payment, self.rules)
            if rule["what"] == "merge" and payments:
                self.merge([payment, payments.pop(0)])
            else:
                self.pay(payment, rule)

    def merge(self, both):
        self.transfer(both, " ".join(re.search(r"\d{20}", p["remark"]).group() for p in both))

    def transfer(self, payments, remark):
        """All of them in one."""
        self.debit(0, payments, remark=remark)
        self.credit(0, payments, sum(p["fen"] for p in payments), remark=remark)

    def pay_file(self, payments, rule):
        """All of them in one debit, whose credits name the batch only."""
        total = sum(p["fen"] for p in payments)
        remark = "医保转移 " + payments[0]["batch"]
        if rule["what"] == "together":
            return self.transfer(payments, remark)
        self.debit(0, payments, remark=remark)
        if rule["what"] == "parts":
            for n, part in enumerate(in_parts(total, int(rule["argument"]))):
                self.credit(n, payments, part, remark=remark)
            return
        wrong = total + int(rule["argument"])
        self.credit(0, payments, wrong, remark=remark)
        self.credit(1, payments, -wrong, reversal=True, remark=remark)
        self.credit(2, payments, total, remark=remark)

    def pay(self, payment, rule):
        what = rule["what"]
        argument = int(rule["argument"]) if what in ("delay", "split") else 0
        said = {"remark": payment["remark"], "id": payment["id"]}
        lines = [self.debit(1 if what == "early" else 0, [payment], **said)]
        if what == "return":
            self.book(1, payment["payer"], payment["payee"], payment["fen"], [payment],
                      reason=rule["argument"], **said)
        elif what == "split":
            for n, share in enumerate(in_parts(payment["fen"], min(argument, payment["fen"]))):
                self.credit(n, [payment], share, **said)
        elif what == "misquote":
            self.credit(0, [payment], payment["fen"], remark="转账")
        elif what == "reverse":
            self.credit(0, [payment], payment["fen"], **said)
            self.credit(1, [payment], -payment["fen"], reversal=True, **said)
            self.credit(2, [payment], payment["fen"], **said)
        elif what == "twice":
            lines.append(self.debit(0, [payment], **said))
            for _ in range(2):
                self.credit(0, [payment], payment["fen"], **said)
            self.credit(1, [payment], -payment["fen"], reversal=True, **said)
            self.book(1, payment["payer"], payment["payee"], payment["fen"], [payment],
                      reason="DUPL", **said)
        else:
            lines.append(self.credit(argument, [payment], payment["fen"], **said))
        if what == "double":
            self.state["due"] += [{**line, "round": self.now + 1} for line in lines]

    def told_now(self):
        due = self.state["due"]
        self.state["due"] = [line for line in due if line["round"] > self.now]
        by_account = {}
        for line in due:
            if line["round"] <= self.now:
                by_account.setdefault(line["account"], []).append(line)
        return by_account


def entry(line, day):
    credit = line["fen"] > 0
    # The other side: who paid a credit, who is paid by a debit, who did not take what comes back.
    side = "Dbtr" if credit and not line["reason"] else "Cdtr"
    yuan = f"{abs(line['fen']) // 100}.{abs(line['fen']) % 100:02d}"
    batch = f"<Btch><PmtInfId>{line['batch']}</PmtInfId></Btch>" if line["batch"] else ""
    reason = f"<RtrInf><Rsn><Cd>{line['reason']}</Cd></Rsn></RtrInf>" if line["reason"] else ""
    return (
        f"<Ntry><Amt Ccy=\"CNY\">{yuan}</Amt><CdtDbtInd>{'CRDT' if credit else 'DBIT'}</CdtDbtInd>"
        f"{'<RvslInd>true</RvslInd>' if line['reversal'] else ''}<Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{line['host']}</AcctSvcrRef>"
        f"<NtryDtls>{batch}<TxDtls><Refs>"
        f"<EndToEndId>{escape(line['id'] or 'NOTPROVIDED')}</EndToEndId></Refs>"
        f"<RltdPties><{side}><Pty><Nm>{escape(line['other']['name'])}</Nm></Pty></{side}>"
        f"<{side}Acct><Id><Othr><Id>{line['other']['account']}</Id></Othr></Id></{side}Acct>"
        f"</RltdPties><RmtInf><Ustrd>{escape(line['remark'])}</Ustrd></RmtInf>{reason}"
        f"</TxDtls></NtryDtls></Ntry>\n")


def statement(account, lines, number, day):
    schema, message, part = FORMATS[number % 2]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{schema}"><{message}>\n'
        f"<GrpHdr><MsgId>{account}-{number}</MsgId></GrpHdr>\n"
        f"<{part}><Id>{account}-{number}</Id>"
        f"<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>\n"
        + "".join(entry(line, day) for line in lines)
        + f"</{part}></{message}></Document>\n")


def write(path, text):
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_text(text)
    os.replace(new, path)


def journal_line(line):
    return f"{line['account']} {line['host']} {' '.join(line['payments'])}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rules", type=pathlib.Path)
    parser.add_argument("--day", default=datetime.date.today().isoformat())
    options = parser.parse_args()
    rules = read_rules(options.rules)
    kept = options.folder / "state.json"
    state = {"round": 0, "lines": 0, "had": [], "files": [], "due": [], "journal": ""}
    if kept.exists():
        state = json.loads(kept.read_text())
    bank = Bank(state, rules)
    for path in sorted((options.folder / "orders").glob("*.xml")):
        if path.name not in state["files"]:
            bank.take(path)
            state["files"].append(path.name)
    for account, lines in sorted(bank.told_now().items()):
        state["journal"] += "".join(journal_line(line) for line in lines)
        path = options.folder / "statements" / account / f"{bank.now:06d}.xml"
        write(path, statement(account, lines, bank.now, options.day))
    write(options.folder / "journal.txt", state["journal"])
    write(kept, json.dumps(state))
    print(len(state["due"]))


if __name__ == "__main__":
    main()
