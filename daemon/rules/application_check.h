// The parts of an application that no letter has, the certificate that the person brought, and what
// letters and forms say of the agency's own filing. Internal to form_check.cc.
#pragma once

#include <string>
#include <string_view>

#include "daemon/rules/field_checks.h"

namespace jiexu {

inline constexpr size_t kDocumentCharsMax = 30;  // of a document's number

// The office at origin as the person knows it. Who it really is, the directory says.
void check_origin(FieldChecks& checks, const v1::Application& form);
void check_agent(FieldChecks& checks, const v1::Application& form);
// Each of its fields by itself, and against the application: rules 35 and 36. What is on it is as
// old as its print; nothing of it is compared with the form.
void check_certificate(FieldChecks& checks, const v1::Application& form);
// The fields that each certificate has that is issued.
void check_printed(FieldChecks& checks, const v1::Certificate& certificate);
void check_filing(FieldChecks& checks, const v1::Filing& filing);
// Handler and reviewer are two people; `parent` is the path of the message that names them.
void check_hands(FieldChecks& checks, std::string_view parent, std::string_view handler,
                 std::string_view reviewer, Need need);

// The key under which two spellings of one document number are equal.
std::string document_key(v1::DocumentType type, std::string_view number);

}  // namespace jiexu
