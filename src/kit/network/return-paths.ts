/**
 * Return paths: replies of certain connections leave by a route of their own, whatever address they are for. The firewall marks such a connection when its
 * first packet passes, then each packet of its replies, and the kernel routes what is marked by another table. So packets come back to a load
 * balancer that sent in the name of its clients.
 *
 * All rules are named after who put them there, so that several owners on one machine keep apart, and what a killed one left is found.
 *
 * Source: iptables-extensions(8), "CONNMARK", "conntrack"; ip-rule(8).
 */
import { createHash } from 'node:crypto'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FirewallError, type FirewallRule, Iptables } from './iptables.ts'
import type { RunProgram } from './run-program.ts'

export interface ReturnPath {
  /** `TO_THIS_MACHINE`, or from 1 to `TO_OTHERS`; paths with one number lead to the same place, whoever they are of. */
  readonly number: number
  /** In the names of its rules; another one where anything but the route differs. Letters, digits and hyphens. */
  readonly name: string
  /** The connections: where their first packets pass, and what tells them. */
  readonly chain: 'OUTPUT' | 'PREROUTING'
  readonly match: readonly string[]
  /** Where replies go, as `ip route` says it. */
  readonly route: readonly string[]
}

/** Connections that this machine began with addresses that are not its own. */
export const TO_THIS_MACHINE = 16
/** Numbers of other machines. */
export const TO_OTHERS = 15

/** Five bits, which neither Docker, Kubernetes, Tailscale nor Calico has for itself by default. */
const MASK = 0x1f00_0000
const SHIFT = 24
/** Of its routing tables and rules. */
const FIRST_TABLE = 45_600
const PREFERENCE = '4560'

const markOf = (number: number): string => `${hex(number << SHIFT)}/${hex(MASK)}`
const tableOf = (number: number): string => String(FIRST_TABLE + number)
const hex = (value: number): string => `0x${value.toString(16)}`

export interface ReturnPathsOptions {
  readonly run: RunProgram
  /** A word for the names of the rules. */
  readonly owner: string
  /** The owner's own, absolute: rules are named after it, and a file there says that there may be some. */
  readonly directory: string
}

const NOTE = 'return-paths'

export class ReturnPaths {
  readonly #run: RunProgram
  readonly #owner: string
  readonly #note: string
  #iptables: Iptables | undefined

  constructor({ run, owner, directory }: ReturnPathsOptions) {
    this.#run = run
    const hash = createHash('sha256').update(directory).digest('hex').slice(0, 12)
    this.#owner = `longshore-${owner}-${hash}`
    this.#note = join(directory, NOTE)
  }

  /** Whether there may be rules, of a process before this one, too. */
  get areThere(): boolean {
    return existsSync(this.#note)
  }

  /** Puts these in their place and takes the owner's others away. Resolves with whether anything was missing; rejects with `FirewallError`. */
  async keep(paths: readonly ReturnPath[]): Promise<boolean> {
    if (paths.length === 0 && !this.areThere) return false
    const iptables = (this.#iptables ??= await Iptables.open(this.#run))
    if (!this.areThere) writeFileSync(this.#note, '', { mode: 0o600 })
    let isMissing = false
    for (const path of paths) {
      for (const rule of rulesOf(path, this.#commentOf(path))) if (await iptables.ensure(rule)) isMissing = true
      if (await this.#ensureRoute(path)) isMissing = true
    }
    await this.#removeOthers(iptables, paths)
    if (paths.length === 0) rmSync(this.#note, { force: true })
    return isMissing
  }

  #commentOf({ number, name }: ReturnPath): string {
    return `${this.#owner}-${number}-${name}`
  }

  async #ensureRoute({ number, route }: ReturnPath): Promise<boolean> {
    const table = tableOf(number)
    await this.#must(['route', 'replace', ...route, 'table', table])
    return await this.#must(ruleParameters('add', number), 'File exists')
  }

  /** The routes first: as long as rules are there, it is known what else there may be. */
  async #removeOthers(iptables: Iptables, paths: readonly ReturnPath[]): Promise<void> {
    const wanted = new Set(paths.map((path) => this.#commentOf(path)))
    const listed = (await Promise.all(CHAINS.map((chain) => iptables.list({ table: TABLE, chain })))).flat()
    const isLeft = (rule: string): boolean => {
      const comment = commentOf(rule)
      return comment.startsWith(`${this.#owner}-`) && !wanted.has(comment)
    }
    const kept = new Set(listed.filter((rule) => !isLeft(rule)).map(numberOf))
    const left = listed.filter(isLeft)
    for (const number of new Set(left.map(numberOf))) if (!kept.has(number)) await this.#removeRoute(number)
    for (const rule of left) await iptables.removeListed(TABLE, rule)
  }

  async #removeRoute(number: number): Promise<void> {
    await this.#must(ruleParameters('del', number), 'No such file')
    await this.#must(['route', 'flush', 'table', tableOf(number)], 'table does not exist')
  }

  /** Whether it did something: with `unless` in its complaint there was nothing to do. */
  async #must(parameters: readonly string[], unless?: string): Promise<boolean> {
    const { status, stderr } = await this.#run('ip', parameters)
    if (status === 0) return true
    if (unless !== undefined && stderr.includes(unless)) return false
    throw new FirewallError(
      status === 'missing'
        ? 'there is no ip: install it, e.g. with apt-get install iproute2'
        : `ip ${parameters.join(' ')} failed: ${stderr.trim()}`,
    )
  }
}

const TABLE = 'mangle'
const CHAINS = ['PREROUTING', 'OUTPUT'] as const

const ruleParameters = (what: 'add' | 'del', number: number): string[] => [
  'rule',
  what,
  'pref',
  PREFERENCE,
  'fwmark',
  markOf(number),
  'lookup',
  tableOf(number),
]

/** Replies come in from elsewhere or begin on this machine, whose addresses they have then. */
const rulesOf = ({ number, chain, match }: ReturnPath, name: string): FirewallRule[] => {
  const [mark, comment] = [markOf(number), ['-m', 'comment', '--comment', name]]
  const begin = ['-m', 'conntrack', '--ctstate', 'NEW', ...match, ...comment]
  const replies = ['-m', 'connmark', '--mark', mark, '-m', 'conntrack', '--ctdir', 'REPLY', ...comment]
  return [
    ...CHAINS.map((each): FirewallRule => {
      return { table: TABLE, chain: each, specification: [...replies, '-j', 'MARK', '--set-xmark', mark] }
    }),
    { table: TABLE, chain, specification: [...begin, '-j', 'CONNMARK', '--set-xmark', mark] },
  ]
}

const commentOf = (rule: string): string => / --comment (\S+)/.exec(rule)?.[1] ?? ''

/** 0: it sets none of these marks. */
const numberOf = (rule: string): number => Number(/--set-xmark (0x[\da-f]+)\//.exec(rule)?.[1]) >> SHIFT
