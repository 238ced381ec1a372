// Starts the page.
import { render } from 'preact';
import { storeSessionWhileAway } from './api';
import { App } from './App';
import './style/base.css';
import './style/play.css';
import './style/understand.css';
import './style/look.css';
import './style/author.css';

storeSessionWhileAway();
const root = document.getElementById('app');
if (root !== null) {
  root.replaceChildren();
  render(<App />, root);
}
