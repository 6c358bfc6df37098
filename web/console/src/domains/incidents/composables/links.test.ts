import { expect, test } from 'vitest'
import { pieces } from './links'

const urls = (text: string) => pieces(text).flatMap(({ url }) => url ?? [])

test('an address in a sentence becomes a link, and no word or line is lost', () => {
  const text = 'Call Ada.\nSee https://wiki.example/runbook?id=4#stop, then wait.\n'
  expect(urls(text)).toEqual(['https://wiki.example/runbook?id=4#stop'])
  expect(pieces(text).map((piece) => piece.text).join('')).toBe(text)
})

test('brackets and full stops around an address are not part of it', () => {
  expect(urls('(https://a.example/x).')).toEqual(['https://a.example/x'])
  expect(urls('https://en.example/wiki/Valve_(hydraulics)')).toEqual(['https://en.example/wiki/Valve_(hydraulics)'])
  expect(urls('“http://a.example”, <http://b.example>')).toEqual(['http://a.example', 'http://b.example'])
})

test('nothing but the web is linked', () => {
  expect(urls('javascript:alert(1) data:text/html,x file:///etc/passwd https:// mailto:a@b.example')).toEqual([])
  expect(pieces('No address.')).toEqual([{ text: 'No address.' }])
})

test('markup stays text, and never becomes part of an address', () => {
  expect(urls('<a href="https://a.example/x">y</a>')).toEqual(['https://a.example/x'])
  expect(urls('https://a.example/<script>alert(1)</script>')).toEqual(['https://a.example/'])
  expect(pieces('<img src=x onerror=alert(1)>')).toEqual([{ text: '<img src=x onerror=alert(1)>' }])
})

test('French punctuation, with its narrow space or without, is not part of an address', () => {
  expect(urls('Voir « https://a.example/guide » : tout y est, même https://b.example\u202f!')).toEqual(['https://a.example/guide', 'https://b.example'])
  expect(urls('Was it https://a.example/x?')).toEqual(['https://a.example/x'])
})

test('an address is shown as it is', () => {
  expect(urls('https://a.example/\u202emoc.elpmaxe')).toEqual(['https://a.example/'])
})
