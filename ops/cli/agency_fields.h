// What a directory says of an agency besides its code and keys, each with its option.
#pragma once

#include <string>

#include "daemon/trust/directory.h"

namespace jiexu::cli {

struct AgencyField {
  const char* option;
  const char* help;
  std::string& (*of)(Agency& agency);
};

inline constexpr AgencyField kAgencyFields[] = {
    {"--name", "Name of the agency", [](Agency& a) -> std::string& { return a.name; }},
    {"--endpoint", "Where other agencies reach it, such as tcp://10.1.2.3:7401",
     [](Agency& a) -> std::string& { return a.endpoint; }},
    {"--bank-holder", "Bank account for balances: its holder",
     [](Agency& a) -> std::string& { return a.bank.holder; }},
    {"--bank-account", "... its number", [](Agency& a) -> std::string& { return a.bank.account; }},
    {"--bank-name", "... the bank", [](Agency& a) -> std::string& { return a.bank.bank; }},
    {"--bank-cnaps", "... the bank's line number, 12 digits",
     [](Agency& a) -> std::string& { return a.bank.cnaps; }},
    {"--contact", "Who answers questions about letters",
     [](Agency& a) -> std::string& { return a.contact.person; }},
    {"--phone", "... at which number", [](Agency& a) -> std::string& { return a.contact.phone; }},
    {"--address", "Postal address", [](Agency& a) -> std::string& { return a.contact.address; }},
    {"--postcode", "6 digits", [](Agency& a) -> std::string& { return a.contact.postcode; }},
};

}  // namespace jiexu::cli
