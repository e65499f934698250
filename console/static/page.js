// What a page does beyond links and forms. Everything works without it.

// A form that is under way is not sent again by a second click. Its key would
// stop it anyway; this spares somebody the surprise.
addEventListener('submit', e => {
  if (e.target.closest('.files')) return; // a file may be fetched again
  if (e.target.dataset.sent) e.preventDefault();
  e.target.dataset.sent = 'yes';
});
addEventListener('pageshow', () => { // back from another page
  for (const form of document.forms) delete form.dataset.sent;
});

for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}

document.body.dataset.ready = '';
