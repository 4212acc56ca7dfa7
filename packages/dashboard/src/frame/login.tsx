import { useState } from 'preact/hooks';

/** Asks for the token of the host. */
export function Login({ onDone }: { readonly onDone: () => void }) {
  const [token, setToken] = useState('');
  const [wrong, setWrong] = useState('');

  const submit = async (event: Event) => {
    event.preventDefault();
    const response = await fetch('/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: token.trim() }),
    }).catch(() => undefined);
    if (response?.ok) onDone();
    else setWrong(response === undefined ? 'The host does not answer.' : 'This is not the token.');
  };

  return (
    <form class="login" onSubmit={submit}>
      <h1>ftctl</h1>
      <label for="token">
        Token of this host, as <code>ftctl dashboard --token</code> prints it
      </label>
      <input
        id="token"
        type="password"
        autocomplete="current-password"
        value={token}
        onInput={(event) => setToken(event.currentTarget.value)}
      />
      <button type="submit">Log in</button>
      <p role="alert">{wrong}</p>
    </form>
  );
}
