#include "daemon/api/table/examples.h"

#include <algorithm>

namespace jiexu {
namespace {

// clang-format off
constexpr RouteExample kExamples[] = {
    {"apply", "/v1/cases",
     R"({"application":{"person":{"name":"林晓","document_type":"CITIZEN_ID",)"
     R"("document_number":"350500199102030226","sex":"FEMALE","birth_date":"1991-02-03"},)"
     R"("origin_agency":"S35050000101","origin_area_name":"泉州市",)"
     R"("scheme_from":"EMPLOYEE","scheme_to":"EMPLOYEE",)"
     R"("applied_on":"2026-11-19"}})"},
    {"list_cases", "/v1/cases?open=1&limit=2"},
    {"find_cases", "/v1/cases:find", R"({"letter_number":"41132807261120000014"})"},
    {"show_case", "/v1/cases/019a0000-0000-7000-8000-000000000001"},
    {"show_timeline", "/v1/cases/019a0000-0000-7000-8000-000000000001/timeline"},
    {"act", "/v1/cases/019a0000-0000-7000-8000-000000000005/actions/ask",
     R"({"reason":"Which months did the person work in 2015?"})"},
    {"assign", "/v1/cases/019a0000-0000-7000-8000-000000000001/assign", R"({"claim":true})"},
    {"show_document", "/v1/cases/019a0000-0000-7000-8000-000000000001/documents/form"},
    {"list_attachments", "/v1/cases/019a0000-0000-7000-8000-000000000005/attachments"},
    {"show_attachment", "/v1/cases/019a0000-0000-7000-8000-000000000005/attachments/1"},
    {"put_attachment",
     "/v1/cases/019a0000-0000-7000-8000-000000000005/attachments"
     "/5bb626f4973a4d80adb3d956673807597303a694d5124d9c2298b1fa2811810f"
     "?name=certificate.pdf&type=application/pdf",
     "a scan"},
    {"approve_proposal", "/v1/cases/019a0000-0000-7000-8000-000000000006/proposals/6/approve",
     R"({"digest":"74e21680eac7385ca408cb01878465fd693b37e58eb0c0c32663a2d8f15d8136"})"},
    {"retract_proposal", "/v1/cases/019a0000-0000-7000-8000-000000000006/proposals/6/retract"},
    {"show_payee", "/v1/cases/019a0000-0000-7000-8000-000000000001/payee"},
    {"confirm_payee", "/v1/cases/019a0000-0000-7000-8000-000000000008/payee/confirm",
     R"({"content":"811f691f5582cd2458def567575a30e643ac25eb34940858b90c4e7a63aa54d2",)"
     R"("note":"called the number in the directory"})"},
    {"submit_letters", "/v1/letters:submit",
     R"({"person":{"name":"林晓","document_type":"CITIZEN_ID",)"
     R"("document_number":"350500199102030226","sex":"FEMALE","birth_date":"1991-02-03"},)"
     R"("origin_agency":"S35050000101","origin_area_name":"泉州市",)"
     R"("scheme_from":"EMPLOYEE","scheme_to":"EMPLOYEE",)"
     R"("applied_on":"2026-11-19"})"},
    {"show_progress", "/v1/progress",
     R"({"letter_number":"41132807261120000014",)"
     R"("id_hash":"dc2eeb7c5cd4c226e5eedb72346306f7213df38b0c06d4873721adadc9d79b56"})"},
    {"list_messages", "/v1/cases/019a0000-0000-7000-8000-000000000001/messages"},
    {"list_papers", "/v1/cases/019a0000-0000-7000-8000-000000000001/papers"},
    {"show_paper", "/v1/cases/019a0000-0000-7000-8000-000000000001/papers/1"},
    {"key_paper", "/v1/papers",
     R"({"case_id":"019a0000-0000-7000-8000-000000000005",)"
     R"("message":{"clarify":{"question":"Which account?"}}})"},
    {"list_mail", "/v1/peers/S41132810207/mail"},
    {"mark_mailed", "/v1/peers/S41132810207/mail",
     R"({"through":"1","by_what":"registered letter RX1"})"},
    {"list_certificates", "/v1/certificates"},
    {"issue_certificate", "/v1/certificates",
     R"({"name":"林晓","document_number":"350500199102030226","scheme":"EMPLOYEE",)"
     R"("place":"泉州市","insured_from_month":201001,"insured_to_month":202610,)"
     R"("balance_fen":"140950"})"},
    {"show_certificate",
     "/v1/certificates/%E9%97%BD2026%E5%B9%B4%E7%AC%AC350500011120080000%E5%8F%B7"},
    {"list_work", "/v1/work?ours=1&limit=2"},
    {"list_proposals", "/v1/proposals"},
    {"book_bank_lines", "/v1/bank/lines",
     R"({"lines":[{"account_number":"1","host_sequence":"E9","amount_fen":"4200",)"
     R"("booked_on":"2026-11-19","counterparty_name":"示例市医疗保障局",)"
     R"("remark":"转移 41132807261120000014"}]})"},
    {"list_bank_lines", "/v1/bank/lines?queue=no_case"},
    {"show_bank_line",
     "/v1/bank/lines/0000000000000000000000000000000000000000000000000000000000000000"},
    {"match_bank_line",
     "/v1/bank/lines/0000000000000000000000000000000000000000000000000000000000000000/match",
     R"({"to":[{"case_id":"019a0000-0000-7000-8000-000000000006","amount_fen":"77"}],)"
     R"("note":"the payer has named the case by telephone"})"},
    {"repeat_bank_line",
     "/v1/bank/lines/0000000000000000000000000000000000000000000000000000000000000000/same",
     R"({"same_as":"0967115f2813a3541eaef77de9d9d5773f1c0c04314b0bbfe4ff3b3b1c55b5d5",)"
     R"("note":"the same posting in the file of the day"})"},
    {"approve_bank_line",
     "/v1/bank/lines/0000000000000000000000000000000000000000000000000000000000000000"
     "/approve",
     R"({"content":"38a9c1e721584da284b90ceea4ed7eb8db15ac4ea86c2c75ec925d5f8799fcf0"})"},
    {"retract_bank_line",
     "/v1/bank/lines/0000000000000000000000000000000000000000000000000000000000000000"
     "/retract"},
    {"explain_bank_line",
     "/v1/bank/lines/0000000000000000000000000000000000000000000000000000000000000000"
     "/set-aside",
     R"({"note":"interest of the account"})"},
    {"list_bank_files", "/v1/bank/files?limit=1"},
    {"list_file_lines",
     "/v1/bank/files/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/lines"},
    {"take_bank_file",
     "/v1/bank/files/3b9c358f36f0a31b6ad3e14f309c7cf198ac9246e8316f9ce543d5b19ac02b80",
     R"({"name":"20261119.xml","lines_total":"1","credited_fen":"77",)"
     R"("lines":[{"account_number":"1","host_sequence":"E7","amount_fen":"77",)"
     R"("booked_on":"2026-11-19"}]})"},
    {"take_held_file",
     "/v1/bank/files/c20dea4d876b5b8fb0a1814b43017030cea6d4ac30b2d9ae71b404d2faba49b5/take",
     R"({"note":"the bank confirms the balances by telephone"})"},
    {"approve_held_file",
     "/v1/bank/files/c20dea4d876b5b8fb0a1814b43017030cea6d4ac30b2d9ae71b404d2faba49b5/take"
     "/approve",
     R"({"content":"2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"})"},
    {"retract_held_file",
     "/v1/bank/files/c20dea4d876b5b8fb0a1814b43017030cea6d4ac30b2d9ae71b404d2faba49b5/take"
     "/retract"},
    {"make_batches", "/v1/remittances", "{}"},
    {"list_batches", "/v1/remittances?limit=2"},
    {"show_batch", "/v1/remittances/350500012611200000014"},
    {"approve_batch", "/v1/remittances/350500012611200000047/approve",
     R"({"content":"4bb24efc9641afc5ded1ca77eabb6e2fcf062d2112ccd61bd8bd6acd89180bae"})"},
    {"export_batch", "/v1/remittances/350500012611200000039/export", R"({"format":"pain.001"})"},
    {"list_payments", "/v1/payments?limit=2"},
    {"take_payment_report", "/v1/payments:report", "41132807261120000039-1|paid\n"},
    {"propose_release", "/v1/payments/41132807261120000080-1/release",
     R"({"note":"the bank says that it does not have it"})"},
    {"approve_release", "/v1/payments/41132807261120000080-1/release/approve",
     R"({"content":"a4d451ec23463726f72c43d64c710968f6b602cd653b4de8adee1b556240a829"})"},
    {"retract_release", "/v1/payments/41132807261120000080-1/release/retract"},
    {"show_comparison", "/v1/ledger/comparisons/S41132810207?day=2026-11-19"},
    {"show_peer", "/v1/peers/S41132810207"},
    {"ask_peer", "/v1/peers/S41132810207/ask"},
    {"pause_peer", "/v1/peers/S41132810207/pause",
     R"({"why":"their new machine","until":"2026-11-30T18:00:00+08:00"})"},
    {"resume_peer", "/v1/peers/S41132810207/resume"},
    {"follow_events", "/v1/events?topic=case,alarm&after=first&wait=0"},
    {"list_quarantine", "/v1/quarantine?limit=1"},
    {"show_quarantined", "/v1/quarantine/000000000000000000000000000000000000000000000000"},
    {"propose_quarantine_list", "/v1/quarantine-list",
     R"({"act":"release","places":["533431313332383130323037000000010000000000000007"],)"
     R"("note":"the bank has paid it after all"})"},
    {"approve_quarantine_list", "/v1/quarantine-list/approve",
     R"({"content":"0000000000000000000000000000000000000000000000000000000000000000"})"},
    {"propose_store_confirmation", "/v1/store/confirm",
     R"({"note":"the disk is the one that the machine has had since March"})"},
    {"approve_store_confirmation", "/v1/store/confirm/approve",
     R"({"content":"0000000000000000000000000000000000000000000000000000000000000000"})"},
    {"show_statistics", "/v1/statistics/2026-11?format=json"},
    {"list_overdue", "/v1/overdue?limit=2"},
    {"show_console_file", "/console/assets/app-8dd3b3294c32.js"},
    {"show_console_page", "/console/queues"},
    {"show_console_item", "/console/peers/S41132810207"},
    {"ready", "/readyz?verbose=1"},
};
// clang-format on

}  // namespace

const RouteExample* example_of(std::string_view route) {
  const auto* const found = std::ranges::find(kExamples, route, &RouteExample::route);
  return found == std::end(kExamples) ? nullptr : found;
}

}  // namespace jiexu
