// The page around GraphiQL: its words in two languages, examples for each role, and who is signed in.
'use strict';

const example = field('example');
const who = field('who');
const EVERYONE = 'EVERY ROLE';
let language = localStorage.getItem('language') === 'en' ? 'en' : 'vi';
let viewer = null;

function listExamples() {
  const roles = [...new Set(EXAMPLES.flatMap((one) => one.roles))];
  // The own role stands first.
  roles.sort((a, b) => Number(viewer && b === viewer.role) - Number(viewer && a === viewer.role));
  example.replaceChildren(new Option('–', ''));
  for (const role of roles) {
    const group = document.createElement('optgroup');
    group.label = role === EVERYONE && language === 'vi' ? 'MỌI VAI TRÒ' : role;
    EXAMPLES.forEach((one, place) => {
      if (one.roles.includes(role)) group.append(new Option(one[language], place));
    });
    example.append(group);
  }
}

function speak() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll('[data-en]')) element.textContent = element.dataset[language];
  listExamples();
  tellWho();
}

function tellWho() {
  const nobody = { en: 'not signed in', vi: 'chưa đăng nhập' };
  const ends = { en: 'until', vi: 'đến' };
  if (!viewer) {
    who.textContent = nobody[language];
    return;
  }
  const time = new Date(session.endsAt).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' });
  const end = session.endsAt ? ` · ${ends[language]} ${time}${session.credentials ? ' ↻' : ''}` : '';
  who.textContent = `${viewer.name} · ${viewer.role}${end}`;
}

async function greet() {
  const { data, errors } = session.token ? await ask({ query: '{ viewer { name role } }' }) : {};
  viewer = data ? data.viewer : null;
  const { message, extensions } = errors ? errors[0] : { message: '' };
  field('problem').textContent = (language === 'vi' && extensions && extensions.messageVi) || message;
  if (viewer) field('sign-in').open = false;
  listExamples();
  tellWho();
}

function Page() {
  const [query, setQuery] = React.useState(EXAMPLES[0].query);
  const [visit, setVisit] = React.useState(0);
  React.useEffect(() => {
    session.changed = async () => {
      await greet();
      setVisit((before) => before + 1);
    };
    example.addEventListener('change', () => {
      if (example.value) setQuery(EXAMPLES[example.value].query);
    });
    greet();
  }, []);
  // Nobody's question for the schema would be refused: it is asked for by who signed in.
  const schema = session.token ? undefined : null;
  // Another key mounts GraphiQL again, so that it reads the schema with the new token.
  return React.createElement(GraphiQL, { key: visit, fetcher, schema, query, onEditQuery: setQuery, isHeadersEditorEnabled: false });
}

field('language').addEventListener('click', () => {
  language = language === 'vi' ? 'en' : 'vi';
  localStorage.setItem('language', language);
  speak();
});
// A token ends while the page stands open: what is shown then is true.
setInterval(() => {
  if (session.credentials && session.endsAt - Date.now() < EARLY_MS) fetchToken().catch(() => {});
  if (session.endsAt && session.endsAt < Date.now()) viewer = null;
  tellWho();
}, 15000);
speak();
field('sign-in').open = !session.token;
ReactDOM.createRoot(field('graphiql')).render(React.createElement(Page));
