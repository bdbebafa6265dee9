import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Action, RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, answerWith, forwardTo } from './a-route.ts'
import { ask } from './echo-target.ts'
import { checkConfiguration, freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

/** What means something to some reader of a configuration, and texts around it. */
const PIECES = [
  ...Array.from(`"'\\%$#{}()[],;|&*?<>~!:=@^ \t\n\r\0`),
  '%[env(PATH)]',
  '${HOME}',
  '\\n',
  '\\x22',
  '"\'',
  '}\n  http-request return status 299\n',
  '-f',
  '--',
  'if',
  'TRUE',
  'é',
  'a',
  '}',
]

const text = (pieces: readonly string[]) =>
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 }).map((all) => all.join(''))
const anyText = text(PIECES)
/** What headers of requests can be: visible ASCII and spaces, none at the ends. */
const lineText = text(PIECES.filter((piece) => /^[ -~]+$/.test(piece))).filter((value) => value.trim() === value)

const literally = (value: string): string => value.replace(/[*?]/g, '')
const headerCondition = (value: string): RuleCondition => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName: 'x-kind', Values: [value] },
})

describe.each(PROGRAMS)('texts of the API in a configuration, for %s', (program) => {
  it('cannot be more than the texts that they are', async () => {
    const values = fc.sample(
      lineText.map(literally).filter((value) => value.trim() !== ''),
      { numRuns: 60, seed: 3 },
    )
    const rules = values.map((value, index) =>
      aRuleRoute(index + 1, [headerCondition(value)], [answerWith(`${index}`)]),
    )
    const port = await freePort()
    const table = aRoutingTable({ port, rules: [...rules, aRuleRoute('default', [], [answerWith('none')])] })
    const haproxy = await HaproxyUnderTest.start(program, table, [port])
    try {
      for (const value of values) {
        const first = values.findIndex((one) => one.trim().toLowerCase() === value.trim().toLowerCase())
        const answer = await ask({ port, headers: { 'x-kind': value } })
        expect([value, answer.status, answer.body]).toEqual([value, 200, `${first}`])
      }
    } finally {
      await haproxy.stop()
    }
  })

  it('give back what they are in headers and bodies', async () => {
    const bodies = fc.sample(anyText, { numRuns: 20, seed: 5 })
    const headers = fc.sample(lineText, { numRuns: 20, seed: 6 })
    for (const [index, body] of bodies.entries()) {
      const policy = headers[index] ?? ''
      const port = await freePort()
      const attributes = { 'routing.http.response.content_security_policy.header_value': policy }
      const rules = [aRuleRoute('default', [], [answerWith(body)])]
      const haproxy = await HaproxyUnderTest.start(program, aRoutingTable({ port, rules, listener: { attributes } }), [
        port,
      ])
      try {
        const answer = await ask({ port })
        expect([answer.status, answer.body, answer.headers['content-security-policy']]).toEqual([200, body, policy])
      } finally {
        await haproxy.stop()
      }
    }
  })

  it('never break it, wherever they stand', () => {
    const run = (name: string, value: string, line: string): void => {
      const conditions: RuleCondition[][] = [
        [{ Field: 'path-pattern', PathPatternConfig: { Values: [value, line] } }],
        [{ Field: 'host-header', HostHeaderConfig: { Values: [value] } }],
        [
          { Field: 'host-header', HostHeaderConfig: { Values: [line] } },
          { Field: 'path-pattern', PathPatternConfig: { Values: ['/x', value] } },
        ],
        [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: [value] } }],
        [{ Field: 'query-string', QueryStringConfig: { Values: [{ Key: value, Value: line }, { Value: value }] } }],
        [{ Field: 'source-ip', SourceIpConfig: { Values: [value] } }],
        [headerCondition(value)],
      ]
      const redirect: Action = {
        Type: 'redirect',
        RedirectConfig: {
          Protocol: 'HTTPS',
          Host: line,
          Port: '443',
          Path: `/${line}`,
          Query: line,
          StatusCode: 'HTTP_301',
        },
      }
      const tokens: Action = {
        Type: 'jwt-validation',
        JwtValidationConfig: {
          JwksEndpoint: 'https://i',
          Issuer: value,
          AdditionalClaims: [{ Name: line, Format: 'string-array', Values: [value] }],
        },
      }
      const table = aRoutingTable({
        port: 1024,
        rules: [
          ...conditions.map((all, index) => aRuleRoute(index + 1, all, [answerWith(value)])),
          aRuleRoute(20, [headerCondition('x')], [redirect]),
          aRuleRoute(21, [headerCondition('y')], [tokens, forwardTo('web')]),
          aRuleRoute(
            22,
            [headerCondition('z')],
            [forwardTo('web')],
            [{ Type: 'url-rewrite', UrlRewriteConfig: { Rewrites: [{ Regex: 'a', Replace: line }] } }],
          ),
          aRuleRoute('default', [], [forwardTo('web')]),
        ],
        groups: [
          aGroupRoute('web', [aTargetRoute(80, { key: `${name}:80` })], {
            attributes: {
              'stickiness.enabled': 'true',
              'stickiness.type': 'app_cookie',
              'stickiness.app_cookie.cookie_name': line,
            },
          }),
        ],
      })
      checkConfiguration(program, table)
    }
    fc.assert(fc.property(anyText, anyText, lineText, run), { numRuns: 40, seed: 11 })
  })
})
