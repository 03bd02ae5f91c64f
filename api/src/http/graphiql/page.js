// The page around GraphiQL: a token and a purpose for every request, and a first question for each role.
'use strict';

const EXAMPLES = [
  ['Tôi là ai · who am I (every role)', `query Viewer {
  viewer { name role scopes purposes requestsPerMinute }
  now
}`],
  ['Báo cáo tỉnh · province (PROVINCE_OFFICER: so)', `query Province {
  cashlessReport(scope: { provinceCode: "37" }, period: { from: "2026-09", to: "2026-10" }, groupBy: COMMUNE) {
    completeUpTo
    total { cashlessCount cashlessAmount cashlessAmountShare coverage { schoolsClosed schoolsTotal } }
    rows { key name cashlessCount cashlessAmount cashlessAmountShare }
  }
}`],
  ['Theo hình thức · by method (offices, school staff)', `query Methods {
  cashlessReport(scope: { provinceCode: "37" }, period: { from: "2026-01", to: "2026-11" }, groupBy: METHOD) {
    completeUpTo
    rows { key name cashlessCount cashlessAmount }
  }
}`],
  ['Trường · schools (every role)', `query Schools {
  schools(first: 5) {
    edges { node { id code name managingOrganization { name } } }
    pageInfo { hasNextPage endCursor }
  }
}`],
  ['Phiếu báo thu · open invoices (ACCOUNTANT: ke-toan-...)', `query OpenInvoices {
  invoices(first: 10, filter: { status: OPEN }) {
    edges { node { code status amount paidAmount dueOn } }
  }
}`],
  ['Một phiếu · one invoice (ACCOUNTANT; put in a code)', `query Invoice {
  invoice(code: "LT10000000018") {
    code status amount paidAmount openAmount dueOn
    lines { description amount paidAmount }
  }
}`],
  ['Chờ đối soát · review queue (ACCOUNTANT)', `query ReviewQueue {
  reviewQueue(first: 10) {
    totalCount
    edges { node { id bookedOn amount content reviewReason { code message messageVi } } }
  }
}`],
  ['Ngân hàng · my connections (BANK_PARTNER, PLATFORM_ADMIN)', `query Connections {
  connections(first: 10) {
    edges { node { id bank name webhookUrl createdAt } }
  }
}`],
];

const element = React.createElement;
const token = document.getElementById('token');
const purpose = document.getElementById('purpose');
const example = document.getElementById('example');
const who = document.getElementById('who');

// For this tab only: a token that outlives the tab would lie on the disk.
token.value = sessionStorage.getItem('token') || '';
purpose.value = sessionStorage.getItem('purpose') || '';
EXAMPLES.forEach(([name], place) => example.add(new Option(name, place)));

async function ask(request) {
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  if (token.value) headers.Authorization = `Bearer ${token.value.trim()}`;
  if (purpose.value) headers['Lienthong-Purpose'] = purpose.value;
  const answer = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(request) });
  const body = await answer.json();
  if (answer.ok || body.data || body.errors) return body;
  return { errors: [{ message: body.detail || body.title || `HTTP ${answer.status}`, extensions: body }] };
}

async function greet() {
  const { data } = token.value ? await ask({ query: '{ viewer { name role } }' }) : {};
  who.textContent = data && data.viewer ? `${data.viewer.name} · ${data.viewer.role}` : 'chưa có mã truy cập · no token';
}

function Page() {
  const [query, setQuery] = React.useState(EXAMPLES[0][1]);
  const [session, setSession] = React.useState(0);
  React.useEffect(() => {
    const remember = () => {
      sessionStorage.setItem('token', token.value.trim());
      sessionStorage.setItem('purpose', purpose.value);
      greet();
      setSession((before) => before + 1);
    };
    token.addEventListener('change', remember);
    purpose.addEventListener('change', remember);
    example.addEventListener('change', () => setQuery(EXAMPLES[example.value][1]));
    greet();
  }, []);
  // Another key mounts GraphiQL again, so that it reads the schema with the new token.
  return element(GraphiQL, { key: session, fetcher: ask, query, onEditQuery: setQuery, isHeadersEditorEnabled: false });
}

document.getElementById('bar').addEventListener('submit', (event) => event.preventDefault());
ReactDOM.createRoot(document.getElementById('graphiql')).render(element(Page));
