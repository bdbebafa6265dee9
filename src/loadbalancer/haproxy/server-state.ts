/**
 * The file from which HAProxy takes the states of servers when it starts: what was healthy goes on healthy, with the failures counted so far,
 * and whatever is not known to be healthy is down until it passes a check. Without a line in it, HAProxy would take a server for up.
 *
 * Source: HAProxy Management Guide, `show servers state`, format version 1.
 */
import type { RenderedBackend, RenderedServer } from '../configuration/settings.ts'

const VERSION = 1
const COLUMNS = [
  'be_id',
  'be_name',
  'srv_id',
  'srv_name',
  'srv_addr',
  'srv_op_state',
  'srv_admin_state',
  'srv_uweight',
  'srv_iweight',
  'srv_time_since_last_change',
  'srv_check_status',
  'srv_check_result',
  'srv_check_health',
  'srv_check_state',
  'srv_agent_state',
  'bk_f_forced_id',
  'srv_f_forced_id',
  'srv_fqdn',
  'srv_port',
  'srvrecord',
  'srv_use_ssl',
  'srv_check_port',
  'srv_check_addr',
  'srv_agent_addr',
  'srv_agent_port',
] as const

type Column = (typeof COLUMNS)[number]
/** Ten thousands of lines are read and written with every reload: they stay lists. */
type Fields = readonly string[]
const AT = Object.fromEntries(COLUMNS.map((column, index) => [column, index])) as Readonly<Record<Column, number>>

/** Those of `SRV_ST_*` and `SRV_ADMF_*` that are written. */
const STOPPED = '0'
const RUNNING = '2'
const ADMITTED = '0'
const FORCED_MAINTENANCE = '1'
/** A check that is configured and enabled. */
const CHECK_ENABLED = '6'

/** The fields of each server, in the order of `COLUMNS`, by `<backend>/<server>`. */
export const parseServersState = (text: string): ReadonlyMap<string, Fields> => {
  const states = new Map<string, Fields>()
  for (const line of text.split('\n')) {
    if (!/^\d+ \S+ \d+ /.test(line)) continue
    const fields = line.split(' ')
    states.set(`${fields[AT.be_name]}/${fields[AT.srv_name]}`, fields)
  }
  return states
}

export interface StateOptions {
  readonly backends: Iterable<RenderedBackend>
  /** What the worker before says; empty if there is none. */
  readonly before: ReadonlyMap<string, Fields>
  /** What is known otherwise. */
  readonly isHealthy: (backend: RenderedBackend, server: RenderedServer) => boolean
}

export const serverStateFile = ({ backends, before, isHealthy }: StateOptions): string => {
  const lines = [String(VERSION), `# ${COLUMNS.join(' ')}`]
  let backendId = 0
  for (const backend of backends) {
    backendId++
    for (const [index, server] of backend.servers.entries()) {
      const known = before.get(`${backend.name}/${server.name}`)
      const state = known ?? freshState(backend.isChecked && !isHealthy(backend, server), server)
      const fields = COLUMNS.map((_column, at) => state[at] ?? '-')
      fields[AT.be_id] = String(backendId)
      fields[AT.be_name] = backend.name
      fields[AT.srv_id] = String(index + 1)
      fields[AT.srv_name] = server.name
      fields[AT.srv_admin_state] = server.isDraining ? FORCED_MAINTENANCE : ADMITTED
      lines.push(fields.join(' '))
    }
  }
  return `${lines.join('\n')}\n`
}

const freshState = (isDown: boolean, { address, parameters }: RenderedServer): Fields => {
  const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(address) ?? []
  const threshold = (name: string): number => Number(new RegExp(`(?:^| )${name} (\\d+)`).exec(parameters)?.[1] ?? 1)
  const state: Readonly<Record<Column, string>> = {
    be_id: '',
    be_name: '',
    srv_id: '',
    srv_name: '',
    srv_addr: host,
    srv_op_state: isDown ? STOPPED : RUNNING,
    srv_admin_state: ADMITTED,
    srv_uweight: '1',
    srv_iweight: '1',
    srv_time_since_last_change: '0',
    srv_check_status: '1',
    srv_check_result: '0',
    srv_check_health: isDown ? '0' : `${threshold('rise') + threshold('fall') - 1}`,
    srv_check_state: CHECK_ENABLED,
    srv_agent_state: '0',
    bk_f_forced_id: '0',
    srv_f_forced_id: '0',
    srv_fqdn: '-',
    srv_port: port,
    srvrecord: '-',
    srv_use_ssl: / ?ssl /.test(parameters) ? '1' : '0',
    srv_check_port: '0',
    srv_check_addr: '-',
    srv_agent_addr: '-',
    srv_agent_port: '0',
  }
  return COLUMNS.map((column) => state[column])
}
