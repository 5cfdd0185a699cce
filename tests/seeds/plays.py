"""The processes of the founding documents, each as its people work it. A play ends its day with `yield`: then the bank
works, and the next day of world.DAYS begins."""
import json

from world import citizen_id

AMOUNT = "3,456.78"
AMOUNT_FEN = 345678
FORM_IS_HERE = ("信息表已收到，应予核对。", "The information form is here and is to be checked.")
MONEY_IS_HERE = ("余额已到账，分文不差，应记入个人账户。", "The balance is here, to the fen; it is to be credited.")
CREDITED = ("余额已记入个人账户。", "The balance is credited to the person.")
CREDITED_THERE = ("转入地已将余额入账。", "The other agency has credited the balance.")
IS_OUT = ("医保关系已转出。", "The relationship is transferred.")
HAS_LETTER = ("联系函已送达转出地，等待其受理。", "The other agency has the contact letter; its decision is awaited.")
MATCHED = ("已匹配", "matched")
# Agencies without Jiexu: code, name and account, one for each play, as what waits for one is mailed together.
MAIL = {("asks-by-mail", "zh"): ("S53010200101", "昆明市", "53001500000000000001"),
        ("asks-by-mail", "en"): ("S63010000101", "西宁市", "63001500000000000001"),
        ("asked-by-mail", "zh"): ("S52010200101", "贵阳市", "52001500000000000001"),
        ("asked-by-mail", "en"): ("S62010000101", "兰州市", "62001500000000000001")}


def sets(fields):
    return [word for field, value in fields.items() for word in ("--set", f"{field}={value}")]


def begins(play, into, origin, number=None, **more):
    """An application, entered. Returns how the case is called at the agency that the person joins."""
    play.origin = origin if isinstance(origin, str) else origin.code
    application = {"person": {"name": play.person, "document_type": "CITIZEN_ID",
                              "document_number": number or play.number, "sex": "MALE", "birth_date": "1980-01-01"},
                   "origin_agency": play.origin, "scheme_from": "EMPLOYEE",
                   "scheme_to": "EMPLOYEE", "origin_area_name": "泉州市", "applied_on": play.world.clock.day, **more}
    seen = play.at(into, "wang").run("case", "apply", "--file", "-", stdin=json.dumps(application))
    play.expect(seen, ("申请已录入，待受理。", "The application has been entered."), play.person, number or play.number)
    return play.find(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\b", seen)


def proposed(play, desk, *command, stdin=None):
    """Returns what is shown to be approved, and by which words that is done."""
    seen = desk.run(*command, stdin=stdin)
    number, digits = play.find(r"case approve \S+ (\d+) (\w+)", seen)
    return seen, number, digits


def two(play, agency, case, *act, stdin=None, shows=()):
    """One proposes, and may not approve; another approves exactly that. Returns what the second one sees after it."""
    one, other = play.at(agency, "zhao"), play.at(agency, "li")
    seen, number, digits = proposed(play, one, "case", "do", case, *act, stdin=stdin)
    play.expect(seen, ("待他人复核", "Waits for a second person"), *shows)
    play.expect(one.run("case", "approve", case, number, digits, fails=77), ("应由他人复核", "another person"))
    play.at(agency, "wang").run("case", "approve", case, number, digits, fails=77)  # a clerk decides nothing
    other.run("case", "approve", case, number, "0" * 8, fails=65)                   # that was never shown
    return other.run("case", "approve", case, number, digits)


def accepts(play, into, case):
    seen = play.at(into, "wang").run("case", "do", case, "accept")
    play.expect(seen, ("申请已受理，应发联系函。", "The application is accepted; the contact letter is to be sent."))
    return seen


def sends_letter(play, into, case, *shows):
    """Returns its number."""
    seen = two(play, into, case, "send-letter", shows=[*shows, play.number, into.account, into.name + "医保基金"])
    play.expect(seen, ("联系函已发出，尚待对方签收。", "The contact letter is on its way."))
    return play.find(r"\b\d{20}\b", seen)


def takes_letter(play, origin, into, letter):
    """The letter arrives as it was approved, is accepted, and the insurance is ended. Returns what is seen last."""
    zhou = play.at(origin, "zhou")
    zhou.until(letter, "case", "find", "--letter", letter)
    play.expect(zhou.run("case", "document", letter, "letter"), letter, play.person, play.number, into.account)
    zhou.run("case", "do", letter, "accept-letter")
    return zhou.run("case", "do", letter, "stop-insurance", "--set", "date=2026-08-31")


def filled_in(play, desk, letter, disposition="TRANSFER", months=120, **more):
    """The information form, as the clerk fills in its draft."""
    desk.run("case", "draft", letter)
    form = json.loads(desk.out)["form"]
    form["segments"][0].update(area="350500", area_name="泉州市", agency=play.quanzhou.code, from_month="2016-09",
                               to_month="2026-08", months=months)
    form["account"]["amount"] = "3456.78" if disposition == "TRANSFER" else "0.00"
    if disposition != "NONE":
        form["account"].update(principal="3400.00", interest="56.78", balance="3456.78", as_of="2026-09-17")
    form["account"]["disposition"] = disposition
    form.update(handler="zhou", reviewer="li", **more)
    return json.dumps({"form": form})


def issues(play, origin, letter, form, shows=(AMOUNT,)):
    seen = two(play, origin, letter, "issue-form", "--file", "-", stdin=form, shows=[play.number, *shows])
    play.expect(seen, ("信息表已发出，等待转入地确认。", "The form is sent; its confirmation is awaited."))


def pays(play, origin, letter, account):
    seen = two(play, origin, letter, "remit", shows=[AMOUNT, account])
    play.expect(seen, ("已指令银行划转余额。", "The balance is ordered from the bank."))


def credits_and_closes(play, into, letter):
    """What came is credited by the one who decides, the case closed; returns the notice to the person."""
    wang, li = play.at(into, "wang"), play.at(into, "li")
    play.expect(wang.run("case", "do", letter, "credit", fails=77), ("无权", "role"))
    play.moved.append((play.origin, into.code))
    play.expect(li.run("case", "do", letter, "credit"), CREDITED, AMOUNT)
    closed = wang.run("case", "do", letter, "close")
    play.expect(closed, ("医保关系已转入", "The relationship is transferred"))  # also if the form came on paper
    notice = wang.run("case", "notice", letter)
    play.expect(notice, ("转移接续办结通知（参保人）", "Notice"), letter, play.person, AMOUNT, "120")
    play.expect("".join(notice.split()), "叁仟肆佰伍拾陆元柒角捌分")
    play.never(notice, play.number)
    employer = wang.run("case", "notice", letter, "--employer")
    play.expect(employer, ("转移接续办结通知（用人单位）", "Notice"), letter, play.person)
    play.never(employer, AMOUNT, "120", play.number)
    return notice


def form_is_here(play, desk, letter):
    desk.until(play.say(*FORM_IS_HERE), "case", "show", letter)


def is_out(play, origin, letter):
    return play.at(origin, "zhou").until(play.say(*IS_OUT), "case", "show", letter)


def is_over(play, origin, letter):
    seen = is_out(play, origin, letter)
    play.expect(seen, CREDITED_THERE, AMOUNT)


def certificate(play, agency):
    """Seed 1: in triplicate. Returns its number."""
    zhou = play.at(agency, "zhou")
    fields = {"name": play.person, "document_number": play.number, "scheme": "EMPLOYEE", "place": "泉州市",
              "insured_from_month": "2016-09", "insured_to_month": "2026-08", "balance": "3456.78"}
    seen = zhou.run("certificate", "issue", *sets(fields))
    number = play.find(r"闽2026年第\d+号", seen)
    play.expect(zhou.run("certificate", "list"), number, play.person)
    sheets = zhou.run("certificate", "print", number).split("\f")
    play.same(len(sheets), 3)
    copies = (("第一联：转移接续用", "Copy 1: for the transfer"), ("第二联：本机构存档", "Copy 2: kept by this agency"),
              ("第三联：参保人留存", "Copy 3: kept by the person"))
    for sheet, copy in zip(sheets, copies):
        play.expect(sheet, copy, number, play.person, play.number, AMOUNT, "叁仟肆佰伍拾陆元柒角捌分", "2016-09",
                    "2026-08", "2026-12-18")  # three months from now
    return number


def balance_follows(play):
    """Seed 0: the balance goes to the new account, to the fen; nothing of the pooled fund does."""
    into, origin = play.nanyang, play.quanzhou
    wang = play.at(into, "wang")
    case = begins(play, into, origin)
    accepts(play, into, case)
    letter = sends_letter(play, into, case)
    takes_letter(play, origin, into, letter)
    issues(play, origin, letter, filled_in(play, play.at(origin, "zhou"), letter))
    play.expect(wang.until(AMOUNT, "case", "show", letter), FORM_IS_HERE, "2026-09-24")
    wang.run("case", "do", letter, "confirm-form")
    pays(play, origin, letter, into.account)
    play.expect(play.at(origin, "sun").run("remit", "waiting"), letter + "-1", AMOUNT)
    yield
    play.expect(wang.run("bank", "lines", "--all", "--text", letter), MATCHED, AMOUNT)
    play.expect(wang.run("case", "show", letter), MONEY_IS_HERE, AMOUNT, "2026-09-24")
    play.expect(play.at(origin, "zhou").run("case", "show", letter), ("已付讫", "paid"), AMOUNT)
    credits_and_closes(play, into, letter)
    is_over(play, origin, letter)
    play.expect(wang.run("progress", letter, stdin=play.number), ("已办结", "finished"))


def balance_to_person(play):
    """Seed 0: what cannot be transferred is returned to the person, once."""
    into, origin = play.nanyang, play.quanzhou
    wang, zhou = play.at(into, "wang"), play.at(origin, "zhou")
    case = begins(play, into, origin)
    accepts(play, into, case)
    letter = sends_letter(play, into, case)
    takes_letter(play, origin, into, letter)
    issues(play, origin, letter, filled_in(play, zhou, letter))
    wang.until(AMOUNT, "case", "show", letter)
    why = play.say("本地无个人账户，请退还本人", "no account here: pay the person")
    wang.run("case", "do", letter, "query-form", "--set", "refund_person=true", "--set", "reason=" + why)
    play.expect(zhou.until(why, "case", "show", letter), ("更正信息表", "correct the form"))
    issues(play, origin, letter, filled_in(play, zhou, letter, "REFUND_PERSON", reason=why))
    form_is_here(play, wang, letter)
    wang.run("case", "do", letter, "confirm-form")
    play.expect(play.at(origin, "li").run("case", "do", letter, "remit", fails=65), ("不能办理此项", "[not_allowed_now]"))
    play.refunded.append((origin.code, into.code))
    two(play, origin, letter, "refund", "--set", "date=2026-09-18", shows=[AMOUNT])
    wang.until(play.say("由转出地退还本人。", "The other agency pays the person."), "case", "show", letter)
    wang.run("case", "do", letter, "close")
    play.expect(wang.run("case", "notice", letter), ("转出地已退付本人", "Paid to the person at transfer-out"), AMOUNT)
    is_out(play, origin, letter)
    yield
    play.never(play.at(origin, "sun").run("bank", "lines", "--all"), letter)


def certificate_and_form(play):
    """Seed 1: the certificate goes with the form; a form that is wrong is put right; person and employer are told."""
    into, origin = play.nanyang, play.quanzhou
    wang, zhou = play.at(into, "wang"), play.at(origin, "zhou")
    number = certificate(play, origin)
    case = begins(play, into, origin, certificate_number=number)
    accepts(play, into, case)
    letter = sends_letter(play, into, case, number)
    seen = takes_letter(play, origin, into, letter)
    play.expect(seen, "2026-11-30", "2026-09-15")  # three months of the person, fifteen days of the employer
    file = play.world.folder / f"certificate-{letter}.html"
    zhou.run("certificate", "print", number, "--html")
    file.write_text(zhou.out)
    zhou.run("case", "attach", letter, str(file), "--name", "证明.html")
    issues(play, origin, letter, filled_in(play, zhou, letter))
    form_is_here(play, wang, letter)
    play.expect(wang.until("证明.html", "case", "attachments", letter), ("信息表", "Information form"))
    copy = play.world.folder / f"copy-{letter}.html"
    wang.run("case", "attachment", letter, "1", "--out", str(copy))
    play.same(copy.read_bytes(), file.read_bytes())
    why = play.say("缺最后用人单位", "the last employer is missing")
    wang.run("case", "do", letter, "query-form",
             *sets({"findings.0.field": "last_employer", "findings.0.text": why}))
    zhou.until(why, "case", "show", letter)
    employer = play.say("甲公司", "Employer A")
    second = filled_in(play, zhou, letter, last_employer=employer, reason=play.say("补填单位", "added"))
    issues(play, origin, letter, second, [AMOUNT, employer])
    form_is_here(play, wang, letter)
    play.expect(wang.run("case", "document", letter, "form-2"), employer, AMOUNT)
    play.never(wang.run("case", "document", letter, "form-1"), employer)
    wang.run("case", "do", letter, "confirm-form")
    pays(play, origin, letter, into.account)
    yield
    credits_and_closes(play, into, letter)
    play.expect(wang.run("case", "notice", letter, "--employer"), employer)
    is_over(play, origin, letter)
    play.expect(wang.run("case", "timeline", letter), ("发出联系函，提请序号", "send-letter, proposal"), ("银行", "the bank"))
    wang.run("case", "messages", letter)


def letter_printed(play):
    """Seed 2: a letter that is refused, and a new application; the letter on paper; the balance comes with the form."""
    into, origin = play.zhoukou, play.quanzhou
    wang, zhou = play.at(into, "wang"), play.at(origin, "zhou")
    case = begins(play, into, origin)
    accepts(play, into, case)
    refused = sends_letter(play, into, case)
    zhou.until(refused, "case", "find", "--letter", refused)
    zhou.run("case", "do", refused, "reject-letter", "--set", "code=NOT_FOUND", "--set",
             "keys_tried=" + play.say("证件号码", "document number"))
    seen = wang.until(play.say("转出地退回了联系函。", "The other agency has refused the letter."), "case", "show", refused)
    play.expect(seen, ("查无此人", "the person is not known there"), ("本案已办结。", "The case is closed."))
    case = begins(play, into, origin)
    accepts(play, into, case)
    letter = sends_letter(play, into, case)
    sheet = wang.run("case", "print", letter, "1")
    play.expect(sheet, letter, play.person, play.number, into.account, into.name, origin.name)
    play.expect(sheet, ("联系函", "Contact letter"))
    takes_letter(play, origin, into, letter)
    issues(play, origin, letter, filled_in(play, zhou, letter))
    pays(play, origin, letter, into.account)
    yield
    play.expect(wang.run("case", "show", letter), MONEY_IS_HERE)
    wang.run("case", "do", letter, "confirm-form")
    credits_and_closes(play, into, letter)
    is_over(play, origin, letter)


def examined(play):
    """Seed 3: materials and examination; the account was wrong, the bank sends the money back, it is paid again."""
    into, origin = play.nanyang, play.quanzhou
    wang, zhou, li = play.at(into, "wang"), play.at(origin, "zhou"), play.at(into, "li")
    case = begins(play, into, origin)
    accepts(play, into, case)
    paper = play.world.folder / f"consent-{case}.txt"
    paper.write_text("consent")
    wang.run("case", "attach", case, str(paper), "--name", "证明.txt")
    _, number, digits = proposed(play, play.at(into, "zhao"), "case", "do", case, "send-letter")
    auditor = play.at(into, "sun")
    play.expect(auditor.run("case", "proposals"), ("发出联系函", "Send the contact letter"))
    auditor.run("case", "approve", case, number, digits, fails=77)
    wang.run("case", "retract", case, number)
    li.run("case", "approve", case, number, digits, fails=65)  # there is no such proposal any more
    letter = sends_letter(play, into, case)
    takes_letter(play, origin, into, letter)
    play.expect(zhou.run("case", "attachments", letter), "证明.txt", ("联系函", "Contact letter"))
    issues(play, origin, letter, filled_in(play, zhou, letter))
    form_is_here(play, wang, letter)
    wang.run("case", "do", letter, "confirm-form")
    pays(play, origin, letter, into.account)
    play.world.bank.bounces[letter] = "AC03"
    yield
    yield
    seen = zhou.run("case", "show", letter)
    play.expect(seen, ("银行退回了这笔划款。", "The bank has returned the payment."), "AC03", "2026-09-29")
    play.expect(zhou.run("bank", "lines", "--all", "--text", letter), "-" + AMOUNT, ("银行退汇", "returned by the bank"))
    seen = wang.until(play.say("银行退汇：请核对收款账户", "The bank sent a payment back"), "case", "show", letter)
    play.expect(seen, "2026-09-29")
    del play.world.bank.bounces[letter]
    new = into.accounts[1]
    fields = {"payee.account_holder": "南阳市医保基金", "payee.account_number": new, "payee.bank_name": "南阳市银行",
              "payee.cnaps": "102100099996"}
    two(play, into, letter, "change-payee", *sets(fields), shows=[new])
    zhou.until(new, "remit", "payee", letter)
    pays(play, origin, letter, new)
    # An order is no payment: the duty stays until the bank has it. The account is in no directory, so two people look.
    seen = zhou.run("case", "show", letter)
    play.expect(seen, ("划转余额", "remit the balance"), "2026-09-29", ("本案付款暂停", "Payments of this case are held"))
    seen = zhou.run("remit", "payee", letter)
    digits = play.find(r"--content (\w+)", seen)
    note = play.say("已电话核实", "telephoned")
    for person in ("zhao", "li"):
        seen = play.at(origin, person).run("remit", "confirm-payee", letter, "--content", digits, "--note", note)
    play.expect(seen, ("可以付款。", "Payments go there."))
    yield
    # The new account is another one of the same bank: its statement names it.
    seen = zhou.run("case", "show", letter)
    play.expect(seen, ("已付讫", "paid"), AMOUNT)
    play.never(seen, "2026-09-29")
    play.expect(wang.run("case", "show", letter), MONEY_IS_HERE)
    credits_and_closes(play, into, letter)
    is_over(play, origin, letter)


def terms(play):
    """Seed 4: fifteen working days for each; the insurance is not stopped, so the case is held; what is late shows."""
    into, origin = play.zhoukou, play.quanzhou
    wang, zhou = play.at(into, "wang"), play.at(origin, "zhou")
    case = begins(play, into, origin)
    play.expect(accepts(play, into, case), "2026-10-15")
    letter = sends_letter(play, into, case)
    zhou.until(letter, "case", "find", "--letter", letter)
    play.expect(zhou.run("case", "show", letter), "2026-10-15")
    zhou.run("case", "do", letter, "accept-letter")
    zhou.run("case", "do", letter, "hold", "--set", "code=STILL_ACTIVE")
    other = citizen_id(2 * play.world.next_person() - 1)
    late = begins(play, into, origin, number=other)  # a second person, whose letter is forgotten
    accepts(play, into, late)
    yield
    yield
    seen = wang.run("case", "show", letter)
    play.expect(seen, ("转出地暂缓办理。", "The transfer-out agency holds the case."),
                ("转出地尚未停保", "the insurance has not been stopped at origin"), "2026-10-15", "2026-09-18")
    zhou.run("case", "do", letter, "resume")
    seen = zhou.run("case", "do", letter, "stop-insurance", "--set", "date=2026-08-31")
    play.expect(seen, "2026-10-20", ("含暂停的 3 个工作日", "with 3 working days held"))  # 20, 21 and 22 September
    yield
    issues(play, origin, letter, filled_in(play, zhou, letter), [AMOUNT])
    pays(play, origin, letter, into.account)
    while play.world.clock.day < "2026-10-16":
        yield
    play.expect(wang.run("overdue"), ("发出联系函", "send the contact letter"), "2026-10-15", late[:8])
    play.expect(wang.run("ageing"), origin.code)
    play.expect(wang.run("case", "list"), late[:8])
    play.expect(wang.run("case", "show", letter), MONEY_IS_HERE)
    wang.run("case", "do", letter, "confirm-form")
    credits_and_closes(play, into, letter)
    is_over(play, origin, letter)


def by_paper(play, agency, case, kind, fields, shows=()):
    """What came on paper is keyed in by one, and approved by another."""
    what = [case] if case else []
    seen, number, digits = proposed(play, play.at(agency, "zhao"), "case", "key-paper", *what, kind, "--file", "-",
                                    stdin=json.dumps(fields))
    play.expect(seen, *shows)
    return play.at(agency, "li").run("case", "approve", case, number, digits)


def posts(play, agency, *shows):
    """All that waits for the agency without Jiexu is printed and put in the post. Returns the sheets."""
    wang, (code, name, _) = play.at(agency, "wang"), MAIL[play.name, play.language]
    waits = wang.run("mail", "list", code)
    sheets = wang.run("mail", "print", code)
    play.expect(sheets, name, *shows)
    last = [line.split()[0] for line in waits.splitlines() if line[:1].isdigit()][-1]
    wang.run("mail", "sent", code, last, "--by", "RR100")
    play.expect(wang.run("mail", "print", code), ("没有待邮寄的文书", "Nothing waits to be mailed"))
    return sheets


def person_of(play):
    return {"name": play.person, "document_type": "CITIZEN_ID", "document_number": play.number, "sex": "MALE",
            "birth_date": "1980-01-01"}


def asks_by_mail(play):
    """An agency without Jiexu: our letter goes by mail, its form is keyed in, its money found by letter or by hand."""
    into, (code, name, account) = play.nanyang, MAIL[play.name, play.language]
    wang = play.at(into, "wang")
    case = begins(play, into, code)
    accepts(play, into, case)
    letter = sends_letter(play, into, case)
    posts(play, into, letter, play.person, play.number, into.account)
    play.expect(wang.run("case", "show", letter), HAS_LETTER)
    yield
    # Its sheet bears no number of ours.
    form = {"person": person_of(play), "scheme_from": "EMPLOYEE", "scheme_to": "EMPLOYEE", "stopped_on": "2026-08-31",
            "segments": [{"area": code[1:7], "area_name": name, "agency": code, "scheme": "EMPLOYEE",
                          "from_month": "2016-09", "to_month": "2026-08", "months": 120, "kind": "ACTUAL"}],
            "actual_months": 120, "continuous_months": 120,
            "account": {"disposition": "TRANSFER", "amount": "3456.78", "principal": "3456.78", "balance": "3456.78",
                        "as_of": "2026-09-17"}, "handler": "A", "reviewer": "B", "issued_on": "2026-09-20"}
    seen = by_paper(play, into, letter, "information-form", form, [AMOUNT, play.number, "2016-09"])
    play.expect(seen, FORM_IS_HERE, "2026-09-29")
    wang.run("case", "do", letter, "confirm-form")
    # It pays in two parts; the second names only a number of its own, so two people say whose it is.
    own = "昆医转" + play.number[-4:]
    play.world.bank.paid_in.append((into.account, name + "医保基金", account, 300000, "医保转移 " + letter))
    play.world.bank.paid_in.append((into.account, name + "医保基金", account, 45678, "医保转移 " + own))
    yield
    seen = wang.run("bank", "lines", "--text", own)  # looks among all lines
    play.expect(seen, "456.78")
    line = play.find(r"(?m)^([0-9a-f]{16}) ", seen)
    wang.run("bank", "line", line)
    seen = play.at(into, "zhao").run("bank", "match", line, f"{letter}=456.78", "--note", own)
    digits = play.find(r"--content (\w+)", seen)
    play.at(into, "zhao").run("bank", "approve", line, "--content", digits, fails=77)
    play.at(into, "li").run("bank", "approve", line, "--content", digits)
    play.expect(wang.run("bank", "lines", "--all", "--text", letter), MATCHED, "3,000.00")
    play.expect(wang.run("case", "show", letter), MONEY_IS_HERE)
    credits_and_closes(play, into, letter)
    posts(play, into, letter, AMOUNT)  # that it was credited, and that the case is closed


def asked_by_mail(play):
    """An agency without Jiexu asks us: its letter is keyed in, form and money go there, its word comes on paper."""
    origin, (code, name, account) = play.nanyang, MAIL[play.name, play.language]
    wang = play.at(origin, "wang")
    paper = "昆医转" + play.number[-4:]
    payee = {"account_holder": name + "医保基金", "account_number": account, "bank_name": "银行", "cnaps": "102100099996"}
    letter = {"letter_number": paper, "person": person_of(play), "scheme_from": "EMPLOYEE", "scheme_to": "EMPLOYEE",
              "payee": payee, "issued_on": "2026-09-16",
              "contact": {"person": "转移科", "phone": "0871-0000000", "address": "东风路7号", "postcode": "650000"}}
    zhao = play.at(origin, "zhao")
    seen = zhao.run("case", "key-paper", "letter", "--from", code, "--file", "-", stdin=json.dumps(letter))
    play.expect(seen, paper, play.person, ("收到联系函，应决定是否受理。", "A contact letter has come and is to be decided."))
    number = play.find(r"\b\d{20}\b", seen)
    play.expect(wang.run("case", "find", stdin=play.number), number)  # what is on the paper: whom it is about
    wang.run("case", "do", number, "accept-letter")
    wang.run("case", "do", number, "stop-insurance", "--set", "date=2026-08-31")
    issues(play, origin, number, filled_in(play, wang, number))
    pays(play, origin, number, account)
    posts(play, origin, paper, AMOUNT, play.number)
    yield
    play.expect(wang.run("case", "show", number), ("已付讫", "paid"), AMOUNT)
    by_paper(play, origin, number, "information-confirm", {"version": 1})
    credit = {"letter_number": paper, "attempt": 1, "amount": "3456.78", "credited_on": "2026-09-21"}
    by_paper(play, origin, number, "funds-ack", credit, [AMOUNT])
    play.moved.append((origin.code, code))
    seen = by_paper(play, origin, number, "close", {"closed_on": "2026-09-21"})
    play.expect(seen, IS_OUT, CREDITED_THERE)


ALL = {"balance": balance_follows, "to-person": balance_to_person, "certificate": certificate_and_form,
       "letter": letter_printed, "examined": examined, "terms": terms, "asks-by-mail": asks_by_mail,
       "asked-by-mail": asked_by_mail}
