// The tables of payments and batches as text and as drawings: what `jiexu remit states` prints,
// what the golden test holds, and what daemon/payments/README.md draws.
#pragma once

#include <string>

namespace jiexu {

// One row a line.
std::string print_payment_tables();
// Mermaid's stateDiagram: which event leads from where to where.
std::string draw_payment();
std::string draw_batch();

}  // namespace jiexu
