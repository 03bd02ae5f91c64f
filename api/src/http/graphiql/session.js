// Who asks: a token, pasted or fetched with client credentials, and the headers that go with every request.
'use strict';

const field = (id) => document.getElementById(id);
const HEADERS = { purpose: 'Lienthong-Purpose', role: 'Lienthong-Role', contract: 'Lienthong-Contract' };
// Renewed this long before it ends.
const EARLY_MS = 60000;

const session = {
  // The secret is held here and nowhere else.
  credentials: null,
  // For this tab only: a token that outlives the tab would lie on the disk.
  token: sessionStorage.getItem('token') || '',
  endsAt: Number(sessionStorage.getItem('endsAt')) || 0,
  changed: () => {},
};

function keep(token, endsAt) {
  session.token = token;
  session.endsAt = endsAt;
  sessionStorage.setItem('token', token);
  sessionStorage.setItem('endsAt', endsAt);
  session.changed();
}

// What the hub says of a failure, in the language of the page.
function sentence(body, status) {
  const vi = document.documentElement.lang === 'vi' && body.detailVi;
  return vi || body.detail || body.error_description || body.title || body.error || `HTTP ${status}`;
}

async function fetchToken() {
  const { id, secret } = session.credentials;
  // Without the browser's own credentials, so that it never asks for a password of its own when the hub says no.
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret });
  const answer = await fetch('/oauth/token', { method: 'POST', body: form, credentials: 'omit' });
  const body = await answer.json();
  if (!answer.ok) throw new Error(sentence(body, answer.status));
  keep(body.access_token, Date.now() + body.expires_in * 1000);
}

async function send(request, accept, signal) {
  if (session.credentials && session.endsAt - Date.now() < EARLY_MS) await fetchToken();
  const headers = { 'Content-Type': 'application/json', Accept: accept };
  if (session.token) headers.Authorization = `Bearer ${session.token}`;
  for (const [id, name] of Object.entries(HEADERS)) {
    if (field(id).value.trim()) headers[name] = field(id).value.trim();
  }
  return fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(request), signal });
}

async function told(answer) {
  const body = await answer.json();
  if (answer.ok || body.data || body.errors) return body;
  return { errors: [{ message: sentence(body, answer.status), extensions: body }] };
}

async function ask(request) {
  return told(await send(request, 'application/json'));
}

// Each event of a subscription as it comes (graphql-sse); stopping it breaks the request off.
async function* follow(request) {
  const stop = new AbortController();
  try {
    const answer = await send(request, 'text/event-stream', stop.signal);
    if (!answer.ok) {
      yield await told(answer);
      return;
    }
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split('\n\n');
      text = events.pop();
      for (const event of events) {
        const lines = event.split('\n');
        if (lines.includes('event: complete')) return;
        const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).trim());
        if (lines.includes('event: next')) yield JSON.parse(data.join('\n'));
      }
    }
  } finally {
    stop.abort();
  }
}

// What GraphiQL asks: one answer, or for a subscription one after the other.
function fetcher(request, { documentAST } = {}) {
  const operations = documentAST ? documentAST.definitions.filter((one) => one.kind === 'OperationDefinition') : [];
  const named = operations.find((one) => !request.operationName || (one.name && one.name.value === request.operationName));
  return named && named.operation === 'subscription' ? follow(request) : ask(request);
}

// The end of a pasted token stands in it; who signed it is the hub's business.
function endOf(token) {
  try {
    const claims = token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/');
    return JSON.parse(atob(claims)).exp * 1000 || 0;
  } catch {
    return 0;
  }
}

function onSubmit(id, act) {
  field(id).addEventListener('submit', async (event) => {
    event.preventDefault();
    field('problem').textContent = '';
    try {
      await act();
    } catch (error) {
      field('problem').textContent = error.message;
    }
  });
}

onSubmit('client', async () => {
  session.credentials = { id: field('client-id').value.trim(), secret: field('client-secret').value.trim() };
  try {
    await fetchToken();
    field('client-secret').value = '';
  } catch (error) {
    session.credentials = null;
    throw error;
  }
});
onSubmit('bearer', () => {
  session.credentials = null;
  const token = field('token').value.trim();
  field('token').value = '';
  keep(token, endOf(token));
});
onSubmit('headers', () => {
  for (const id of Object.keys(HEADERS)) sessionStorage.setItem(id, field(id).value.trim());
  session.changed();
});
field('sign-out').addEventListener('click', () => {
  session.credentials = null;
  keep('', 0);
});
for (const id of Object.keys(HEADERS)) field(id).value = sessionStorage.getItem(id) || '';
