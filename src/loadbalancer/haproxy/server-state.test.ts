import { describe, expect, it } from 'vitest'
import type { RenderedBackend } from '../configuration/settings.ts'
import { parseServersState, serverStateFile } from './server-state.ts'

const backend = (given: Partial<RenderedBackend['servers'][number]> = {}, isChecked = true): RenderedBackend => ({
  name: 'web',
  targetGroupArn: 'web',
  isChecked,
  hasServerCookies: false,
  isCrossZone: true,
  endsUnhealthy: false,
  servers: [
    { name: 'a', target: 'a', address: '10.0.0.1:80', parameters: 'check rise 2 fall 3', isDraining: false, ...given },
  ],
})

/** What the file says of the one server, by column. */
const stateOf = (
  of: RenderedBackend,
  before = new Map() as ReturnType<typeof parseServersState>,
  isHealthy = false,
) => {
  const text = serverStateFile({ backends: [of], before, isHealthy: () => isHealthy })
  const columns = text.split('\n')[1]?.replace('# ', '').split(' ') ?? []
  const fields = parseServersState(text).get('web/a')
  return Object.fromEntries(columns.map((column, index) => [column, fields?.[index]]))
}

describe('the states of servers for a start', () => {
  it('are down for what is not known to be healthy, and up for what is', () => {
    expect(stateOf(backend())).toMatchObject({
      srv_addr: '10.0.0.1',
      srv_port: '80',
      srv_op_state: '0',
      srv_check_health: '0',
    })
    expect(stateOf(backend(), undefined, true)).toMatchObject({ srv_op_state: '2', srv_check_health: '4' })
    expect(stateOf(backend({}, false))).toMatchObject({ srv_op_state: '2' })
  })

  it('are what the worker before says, failures counted so far included', () => {
    const header = '1\n# be_id be_name srv_id srv_name'
    const before = parseServersState(`${header}\n9 web 5 a 10.0.0.1 2 0 1 1 77 15 3 2 6 0 0 0 - 80 - 0 0 - - 0`)
    expect(stateOf(backend(), before)).toMatchObject({
      be_id: '1',
      srv_id: '1',
      srv_op_state: '2',
      srv_check_health: '2',
    })
  })

  it('are maintenance for what drains, whatever it was', () =>
    expect(stateOf(backend({ isDraining: true }), undefined, true)).toMatchObject({ srv_admin_state: '1' }))

  it('know addresses of IPv6 and servers with TLS', () =>
    expect(stateOf(backend({ address: '[::1]:443', parameters: 'ssl verify none check' }))).toMatchObject({
      srv_addr: '::1',
      srv_port: '443',
      srv_use_ssl: '1',
    }))
})
