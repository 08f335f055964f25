// Billing's events as rows: the account and what belongs to it, statement, usage by day, months,
// trial balance.
#pragma once

#include <string>

#include "controlplane/kernel/position.h"
#include "dialtone/billing/v1/billing_event.pb.h"
#include "dialtone/billing/v1/billing_row.pb.h"
#include "dialtone/billing/v1/billing_service.pb.h"
#include "projections/kernel/projection.h"
#include "projections/kernel/waiting.h"

namespace dialtone::projections {

// The first part of each key is the organization's name, but for payments that wait.
inline constexpr RowTable<billing::v1::CreditAccount> kCreditAccounts{1};
inline constexpr RowTable<billing::v1::Lot> kLots{2};          // by number
inline constexpr RowTable<billing::v1::CreditHold> kHolds{3};  // by name
inline constexpr RowTable<billing::v1::Payment> kPayments{4};  // by name
inline constexpr WaitingTable<billing::v1::Payment> kWaitingPayments{{5}, {6}};
inline constexpr RowTable<billing::v1::UsageSource> kUsageSources{7};  // by name
inline constexpr RowTable<billing::v1::MinutePool> kMinutePools{8};    // by month and name
inline constexpr RowTable<billing::v1::UsageDay> kUsageDays{9};        // by day, user, destination
// By their numbers, the newest first.
inline constexpr RowTable<billing::v1::StatementLine> kStatementLines{10};
inline constexpr RowTable<billing::v1::Invoice> kInvoices{11};          // by month; without lines
inline constexpr RowTable<billing::v1::InvoiceLine> kInvoiceLines{12};  // by month, destination
inline constexpr RowTable<billing::v1::TrialBalance> kTrialBalances{13};
inline constexpr RowTable<billing::v1::StatementEnd> kStatementEnds{14};

void Project(const billing::v1::BillingEvent& event, const std::string& aggregate, Moment at,
             RowWriter& rows);

}  // namespace dialtone::projections
