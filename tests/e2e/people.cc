#include "tests/e2e/people.h"

#include "daemon/rules/citizen_id.h"

namespace jiexu::e2e {
namespace {

// Ten stories a round; most transfers move money.
constexpr Story kStories[] = {
    Story::kTransfer, Story::kZero,       Story::kTransfer,  Story::kResident,  Story::kTransfer,
    Story::kRefused,  Story::kMoneyFirst, Story::kWithdrawn, Story::kCorrected, Story::kRefund};

constexpr const char* kSurnames[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "欧阳"};
constexpr const char* kGivenNames[] = {"伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "𠮷", "婷"};

Date birth_of(size_t n) {
  return Date::from_days(Date{1965, 1, 1}.days() + static_cast<int32_t>(n / 999 * 7 % 12000));
}

v1::Scheme scheme_of(const Applicant& applicant) {
  return applicant.story == Story::kResident ? v1::SCHEME_RESIDENT : v1::SCHEME_EMPLOYEE;
}

void add_years(v1::InformationForm& form, v1::Scheme scheme, int32_t last_month) {
  const int32_t last_year = last_month / 100;
  for (int32_t year = 2021; year <= last_year; ++year) {
    v1::Segment& row = *form.add_segments();
    row.set_area("411300");
    row.set_area_name("南阳市");
    row.set_scheme(scheme);
    row.set_from_month(year * 100 + 1);
    row.set_to_month(year == last_year ? last_month : year * 100 + 12);
    row.set_months(row.to_month() - row.from_month() + 1);
    row.set_kind(v1::SEGMENT_KIND_ACTUAL);
    row.set_base_fen(800000);
  }
}

v1::Disposition disposition_of(Story story) {
  switch (story) {
    case Story::kZero: return v1::DISPOSITION_ZERO;
    case Story::kResident: return v1::DISPOSITION_NONE;
    case Story::kRefund: return v1::DISPOSITION_REFUND_PERSON;
    default: return v1::DISPOSITION_TRANSFER;
  }
}

}  // namespace

const Applicant& People::make(size_t n) {
  Applicant applicant;
  applicant.story = kStories[n % std::size(kStories)];
  const bool moneyless = applicant.story == Story::kZero || applicant.story == Story::kResident;
  applicant.balance = Fen{moneyless ? 0 : static_cast<int64_t>(100 + n * 7919 % 900'000)};
  applicant.destination = n / std::size(kStories) % 2;
  const Date birth = birth_of(n);
  const auto sequence = static_cast<uint32_t>(n % 999 + 1);
  v1::Person& person = applicant.person;
  person.set_name(std::string(kSurnames[n % 10]) + kGivenNames[n / 10 % 10]);
  person.set_document_type(v1::DOCUMENT_TYPE_CITIZEN_ID);
  person.set_document_number(make_citizen_id("411300", birth, sequence));
  person.set_sex(sequence % 2 == 1 ? v1::SEX_MALE : v1::SEX_FEMALE);
  person.set_birth_date(birth.yyyymmdd());
  const auto [it, fresh] = by_number_.emplace(person.document_number(), std::move(applicant));
  if (fresh) order_.push_back(&it->second);
  return it->second;
}

const Applicant* People::find(const std::string& document_number) const {
  const auto it = by_number_.find(document_number);
  return it == by_number_.end() ? nullptr : &it->second;
}

v1::Application application_of(const Applicant& applicant, const std::string& origin_agency,
                               int32_t today) {
  v1::Application form;
  *form.mutable_person() = applicant.person;
  form.set_origin_agency(origin_agency);
  form.set_scheme_from(scheme_of(applicant));
  form.set_scheme_to(v1::SCHEME_EMPLOYEE);
  form.set_origin_area_name("南阳市");
  form.set_applied_on(today);
  return form;
}

v1::InformationForm form_of(const Applicant& applicant, int32_t today) {
  v1::InformationForm form;
  const v1::Scheme scheme = scheme_of(applicant);
  add_years(form, scheme, today / 100);
  v1::Account& account = *form.mutable_account();
  account.set_disposition(disposition_of(applicant.story));
  account.set_principal_fen(applicant.balance.value);
  account.set_balance_fen(applicant.balance.value);
  const bool transfers = account.disposition() == v1::DISPOSITION_TRANSFER;
  account.set_amount_fen(transfers ? applicant.balance.value : 0);
  account.set_as_of(today);
  form.set_stopped_on(today);
  form.set_handler("h01");
  form.set_reviewer("r01");
  return form;
}

}  // namespace jiexu::e2e
