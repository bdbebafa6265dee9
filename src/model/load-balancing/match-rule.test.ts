import type { RuleCondition } from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it } from 'vitest'
import { inOrder, matchRule, type RoutedRequest } from './match-rule.ts'

const aRequest = (request: Partial<RoutedRequest> = {}): RoutedRequest => ({
  method: 'GET',
  host: 'www.example.com',
  path: '/',
  query: '',
  headers: [],
  sourceIp: '192.0.2.7',
  ...request,
})

const matches = (condition: RuleCondition, request: Partial<RoutedRequest>): boolean =>
  matchRule([{ priority: 1, conditions: [condition] }], aRequest(request)) !== undefined

const host = (...Values: string[]): RuleCondition => ({ Field: 'host-header', HostHeaderConfig: { Values } })
const path = (...Values: string[]): RuleCondition => ({ Field: 'path-pattern', PathPatternConfig: { Values } })
const header = (HttpHeaderName: string, ...Values: string[]): RuleCondition => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName, Values },
})
const method = (...Values: string[]): RuleCondition => ({
  Field: 'http-request-method',
  HttpRequestMethodConfig: { Values },
})
const source = (...Values: string[]): RuleCondition => ({ Field: 'source-ip', SourceIpConfig: { Values } })

describe('conditions hold', () => {
  it.each<[RuleCondition, Partial<RoutedRequest>, boolean]>([
    [host('www.example.com'), { host: 'WWW.Example.com' }, true],
    [host('www.example.com'), { host: 'www.example.com:8080' }, true],
    [host('*.example.com', 'example.org'), { host: 'example.org' }, true],
    [host('*.example.com'), { host: 'example.com' }, false],
    [path('/img/*'), { path: '/img/a.png' }, true],
    [path('/img/*'), { path: '/IMG/a.png' }, false],
    [path('/a'), { path: '/a', query: 'b=1' }, true],
    [header('User-Agent', '*Chrome*'), { headers: [['user-agent', 'x chrome y']] }, true],
    [
      header('X-Stage', 'beta'),
      {
        headers: [
          ['X-Stage', 'prod'],
          ['x-stage', 'BETA'],
        ],
      },
      true,
    ],
    [header('X-Stage', '*'), {}, false],
    [method('GET', 'HEAD'), { method: 'HEAD' }, true],
    [method('GET'), { method: 'get' }, false],
    [source('192.0.2.0/24'), {}, true],
    [source('192.0.2.8/32', '2001:db8::/32'), { sourceIp: '2001:db8::1' }, true],
    [source('192.0.2.8/32'), {}, false],
    [{ Field: 'source-ip', SourceIpConfig: { IpAddressType: 'ipv6' } }, {}, false],
    [{ Field: 'source-ip', SourceIpConfig: { IpAddressType: 'ipv4' } }, {}, true],
    [{ Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'v', Value: '1' }] } }, { query: 'v=1' }, true],
    [{ Field: 'host-header', HostHeaderConfig: { RegexValues: ['^WEB[0-9]+\\.'] } }, { host: 'web12.a.b' }, true],
    [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/v[12]/'] } }, { path: '/v2/x' }, true],
    [{ Field: 'path-pattern', PathPatternConfig: { RegexValues: ['^/v[12]/'] } }, { path: '/V2/x' }, false],
    [
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'A', RegexValues: ['^x+$'] } },
      { headers: [['a', 'xX']] },
      false,
    ],
  ])('%j for %j: %s', (condition, request, expected) => expect(matches(condition, request)).toBe(expected))
})

describe('of the rules of a listener', () => {
  const rules = [
    { name: 'default', priority: 'default' as const, conditions: [] },
    { name: 'late', priority: 20, conditions: [path('/a*')] },
    { name: 'early', priority: 3, conditions: [path('/a/*'), method('GET')] },
  ]
  const nameFor = (request: Partial<RoutedRequest>) => matchRule(rules, aRequest(request))?.name

  it('the lowest priority whose conditions all hold takes the request', () => {
    expect(nameFor({ path: '/a/b' })).toBe('early')
    expect(nameFor({ path: '/a/b', method: 'PUT' })).toBe('late')
  })

  it('the default rule takes what is left', () => expect(nameFor({ path: '/b' })).toBe('default'))

  it('they are tried in numerical order', () =>
    expect(inOrder(rules).map(({ name }) => name)).toEqual(['early', 'late', 'default']))
})
