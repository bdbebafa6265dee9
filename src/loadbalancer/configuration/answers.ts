/** Rules that answer by themselves: redirects and fixed responses. Each has a backend of its own, so that other requests pass by. */
import type { FixedResponseActionConfig } from '@aws-sdk/client-elastic-load-balancing-v2'
import { PLACEHOLDER, type Redirect } from '../../model/load-balancing/redirects.ts'
import { errorPage, OWN_SERVER } from './pages.ts'
import { formatText, quoteWord } from './quote.ts'
import type { NamedRule } from './rule-plan.ts'
import type { HttpScope } from './scope.ts'

export const answerLines = ({ name, rule }: NamedRule, scope: HttpScope): string[] => {
  const action = rule.actions.at(-1)
  if (action?.FixedResponseConfig) return fixedLines(name, action.FixedResponseConfig, scope)
  if (action?.RedirectConfig) return redirectLines(action.RedirectConfig as Redirect, scope)
  return [`http-request return status 500 ${OWN_SERVER}`]
}

const fixedLines = (name: string, response: FixedResponseActionConfig, { sink }: HttpScope): string[] => {
  const { StatusCode: status = '500', ContentType: type = 'text/plain', MessageBody: body = '' } = response
  const answer = `http-request return status ${Number(status)}`
  if (body === '') return [`${answer} ${OWN_SERVER}`]
  const file = sink.addFile(`pages/${name}`, body)
  const contentType = type === 'text/plain' ? 'text/plain; charset=utf-8' : type
  return [`${answer} content-type ${quoteWord(contentType)} file ${quoteWord(file)} ${OWN_SERVER}`]
}

const redirectLines = (redirect: Redirect, scope: HttpScope): string[] => {
  const status = redirect.StatusCode === 'HTTP_301' ? 301 : 302
  const page = quoteWord(scope.sink.addFile(`pages/redirect.${status}`, errorPage(status)))
  const answer = (location: string): string =>
    `http-request return status ${status} content-type text/html file ${page} ${OWN_SERVER} hdr Location ${quoteWord(location)}`
  const { Query: query } = redirect
  const base = locationFormat(redirect, scope)
  if (query === '') return [answer(base)]
  const whole = `${base}?${filled(query, scope)}`
  if (query !== '#{query}') return [answer(whole)]
  return [`${answer(whole)} if { query -m len gt 0 }`, answer(base)]
}

/** AWS: the port is always in it. */
const locationFormat = (redirect: Redirect, scope: HttpScope): string => {
  const { Protocol: protocol, Host: host, Port: port, Path: path } = redirect
  return `${filled(protocol, scope).toLowerCase()}://${filled(host, scope)}:${filled(port, scope)}${filled(path, scope)}`
}

/** A part of a redirect as a format. */
const filled = (template: string, { listener }: HttpScope): string => {
  const values: Readonly<Record<string, string>> = {
    protocol: listener.protocol,
    host: '%[req.hdr(host),host_only]',
    port: String(listener.port),
    path: '%[path,bytes(1)]',
    query: '%[query]',
  }
  const texts = template.split(PLACEHOLDER)
  // Every second piece is the name of a placeholder.
  return texts.map((text, index) => (index % 2 === 0 ? formatText(text) : (values[text] ?? ''))).join('')
}
