import { describe, expect, it } from 'vitest'
import { EMPTY_TABLE } from '../../agentlink/received-table.ts'
import { parseAddressPool } from '../../model/load-balancing/address-pool.ts'
import type { LoadBalancerRoute } from '../../model/load-balancing/routing.ts'
import { findProgram } from '../find-program.ts'
import { parseHaproxyVersion } from './haproxy-version.ts'
import { mostConnections } from './most-connections.ts'
import { servedHere } from './served-here.ts'

describe('a host of balancers', () => {
  it('serves those load balancers alone that have an address there', () => {
    const routes = [
      ['here', '10.0.5.7'],
      ['there', '10.0.6.7'],
    ].map(([arn = '', address]) => [arn, { addresses: [address] } as unknown as LoadBalancerRoute] as const)
    const table = { ...EMPTY_TABLE, loadBalancers: new Map(routes) }
    const { table: served, elsewhere } = servedHere(table, parseAddressPool('10.0.5.0/24'))
    expect([...served.loadBalancers.keys()]).toEqual(['here'])
    expect(elsewhere).toEqual(['there'])
    expect(servedHere(table, undefined)).toEqual({ table, elsewhere: [] })
  })

  it('knows which HAProxy it has', () => {
    expect(parseHaproxyVersion('HAProxy version 2.6.12-1+deb12u2 2025/04/02 - https://haproxy.org/\n')).toEqual({
      major: 2,
      minor: 6,
    })
    expect(parseHaproxyVersion('HA-Proxy version 1.8.4\n')).toEqual({ major: 1, minor: 8 })
    expect(parseHaproxyVersion('nginx version: nginx/1.22.1\n')).toBeUndefined()
  })

  it('takes as many clients as it may have files for', () => {
    const limits = (hard: string): string =>
      `Limit  Soft Limit  Hard Limit  Units\nMax open files  1024  ${hard}  files\n`
    expect(mostConnections(0, limits('524288'))).toBe(100_000)
    expect(mostConnections(0, limits('4096'))).toBe(1536)
    expect(mostConnections(0, limits('1024'))).toBe(1024)
    expect(mostConnections(0, limits('unlimited'))).toBe(100_000)
    expect(mostConnections(0, '')).toBe(1536)
  })

  it('finds programs where administrators have them', () => {
    expect(findProgram('sh', { PATH: '/nowhere:/bin' })).toBe('/bin/sh')
    expect(findProgram('no-such-program', { PATH: '/bin' })).toBeUndefined()
    expect(findProgram('/bin/sh', {})).toBe('/bin/sh')
    expect(findProgram('/bin', { PATH: '' })).toBeUndefined()
  })
})
