import { useState } from 'preact/hooks';

const KEY = 'ftctl-theme';
const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

function stored(): Theme {
  const found = localStorage.getItem(KEY);
  return THEMES.find((one) => one === found) ?? 'auto';
}

function apply(theme: Theme): void {
  document.documentElement.style.colorScheme = theme === 'auto' ? 'light dark' : theme;
}

apply(stored());

/** As the system has it, light, dark. */
export function ThemeButton() {
  const [theme, setTheme] = useState(stored);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'auto';
  const change = () => {
    localStorage.setItem(KEY, next);
    apply(next);
    setTheme(next);
  };
  return (
    <button type="button" class="theme" onClick={change} title={`theme: ${theme}`}>
      {theme}
    </button>
  );
}
