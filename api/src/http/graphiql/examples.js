// First questions for each role; each runs as it stands against the demo, for the roles that it is listed under.
'use strict';

const EXAMPLES = [
  {
    en: 'Who am I',
    vi: 'Tôi là ai',
    roles: ['EVERY ROLE'],
    query: `query Viewer {
  viewer { name role scopes purposes requestsPerMinute }
  now
}`,
  },
  {
    en: 'Cashless share by commune',
    vi: 'Tỷ lệ không tiền mặt theo xã',
    roles: ['PROVINCE_OFFICER', 'COMMUNE_OFFICER'],
    query: `query Province {
  cashlessReport(scope: { provinceCode: "37" }, period: { from: "2026-09", to: "2026-10" }, groupBy: COMMUNE) {
    completeUpTo
    total { cashlessCount cashlessAmount cashlessAmountShare coverage { schoolsClosed schoolsTotal } }
    rows { key name cashlessCount cashlessAmount cashlessAmountShare }
  }
}`,
  },
  {
    en: 'Payments by method',
    vi: 'Theo hình thức thanh toán',
    roles: ['PROVINCE_OFFICER', 'COMMUNE_OFFICER'],
    query: `query Methods {
  cashlessReport(scope: { provinceCode: "37" }, period: { from: "2026-01", to: "2026-11" }, groupBy: METHOD) {
    completeUpTo
    rows { key name cashlessCount cashlessAmount }
  }
}`,
  },
  {
    en: 'Schools',
    vi: 'Trường',
    roles: ['EVERY ROLE'],
    query: `query Schools {
  schools(first: 5) {
    edges { node { id code name managingOrganization { name } } }
    pageInfo { hasNextPage endCursor }
  }
}`,
  },
  {
    en: 'What changes, as it happens',
    vi: 'Theo dõi thay đổi',
    roles: ['EVERY ROLE'],
    query: `subscription Changes {
  changes { cursor kind op naturalKey }
}`,
  },
  {
    en: 'Open invoices',
    vi: 'Phiếu báo thu còn nợ',
    roles: ['ACCOUNTANT', 'PRINCIPAL', 'VENDOR_APP'],
    query: `query OpenInvoices {
  invoices(first: 10, filter: { status: OPEN }) {
    edges { node { code status amount paidAmount dueOn } }
  }
}`,
  },
  {
    en: 'One invoice; put in a code',
    vi: 'Một phiếu; điền mã',
    roles: ['ACCOUNTANT', 'PRINCIPAL', 'VENDOR_APP'],
    query: `query Invoice {
  invoice(code: "LT10000000018") {
    code status amount paidAmount openAmount dueOn
    lines { description amount paidAmount }
  }
}`,
  },
  {
    en: 'Money that waits for a person',
    vi: 'Tiền chờ đối soát',
    roles: ['ACCOUNTANT', 'PRINCIPAL'],
    query: `query ReviewQueue {
  reviewQueue(first: 10) {
    totalCount
    edges { node { id bookedOn amount content reviewReason { code message messageVi } } }
  }
}`,
  },
  {
    en: 'My connections',
    vi: 'Kết nối của tôi',
    roles: ['BANK_PARTNER', 'PLATFORM_ADMIN'],
    query: `query Connections {
  connections(first: 10) {
    edges { node { id bank name webhookUrl createdAt } }
  }
}`,
  },
  {
    en: 'Roster of a school (purpose SCHOOL_MANAGEMENT)',
    vi: 'Danh sách học sinh (mục đích SCHOOL_MANAGEMENT)',
    roles: ['VENDOR_APP', 'PRINCIPAL', 'SCHOOL_IT_LEAD', 'CLERK', 'TEACHER'],
    query: `query Roster {
  students(first: 20) {
    totalCount
    nodes { id fullName birthDate enrollments(first: 3) { nodes { status schoolClass { code } } } }
    pageInfo { hasNextPage endCursor }
  }
}`,
  },
  {
    en: 'What became of a unit',
    vi: 'Đơn vị cũ thành đơn vị nào',
    roles: ['EVERY ROLE'],
    query: `query OldUnit {
  resolveAdministrativeUnit(oldCode: "15", on: "2025-06-30") {
    old { code fullName }
    new { isDefault kind unit { code fullName } }
  }
}`,
  },
  {
    en: 'Who looked at records',
    vi: 'Ai đã xem hồ sơ',
    roles: ['DATA_OFFICER', 'PRINCIPAL'],
    query: `query WhoLooked {
  accessLog(first: 20) { nodes { recordedAt actor role purpose kind nodeId } }
}`,
  },
  {
    en: 'Messages of my connections',
    vi: 'Tin nhắn qua kết nối của tôi',
    roles: ['BANK_PARTNER'],
    query: `query Messages {
  inboundEvents(first: 20) { totalCount nodes { receivedAt eventId status reason detail } }
}`,
  },
  {
    en: 'Clients, contracts, people',
    vi: 'Ứng dụng, hợp đồng, người dùng',
    roles: ['PLATFORM_ADMIN'],
    query: `query Access {
  clients { clientId name role revokedAt }
  contracts { number clientId scopes purposes validFrom validTo }
  users { username roles { role validFrom validTo } }
}`,
  },
];
