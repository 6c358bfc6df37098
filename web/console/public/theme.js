// Before the first paint: the chosen theme and language, so that nothing flashes. Its own file because the CSP allows no inline script.
;(function () {
  var root = document.documentElement
  var theme = localStorage.getItem('smartsecurity.theme')
  if (theme !== 'light' && theme !== 'dark') theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
  root.dataset.theme = theme
})()
