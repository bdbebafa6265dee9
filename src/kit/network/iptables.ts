/** Rules of the host's firewall, one at a time, by whichever `iptables` works here: it is one program with two kernels' worth of back ends. */
import type { Ran, RunProgram } from './run-program.ts'

export interface FirewallRule {
  readonly table: 'filter' | 'mangle' | 'nat'
  readonly chain: 'INPUT' | 'OUTPUT' | 'PREROUTING'
  /** What matches, and what becomes of it. */
  readonly specification: readonly string[]
}

/** The host's firewall cannot be set up; the message says what to do about it. */
export class FirewallError extends Error {
  override readonly name = 'FirewallError'
}

/** Docker uses the first; the others are there where no alternative was chosen. */
const PROGRAMS = ['iptables', 'iptables-nft', 'iptables-legacy'] as const
/** Others change the rules too: wait so long for their lock. */
const WAIT = ['-w', '5']

export class Iptables {
  readonly #run: RunProgram
  readonly #program: string

  private constructor(run: RunProgram, program: string) {
    this.#run = run
    this.#program = program
  }

  /** Finds the program. Rejects with `FirewallError` if there is none that this process may use. */
  static async open(run: RunProgram): Promise<Iptables> {
    let failed: Ran | undefined
    for (const program of PROGRAMS) {
      const ran = await run(program, [...WAIT, '-t', 'nat', '-S', 'PREROUTING'])
      if (ran.status === 0) return new Iptables(run, program)
      if (ran.status !== 'missing') failed ??= ran
    }
    throw new FirewallError(
      failed === undefined
        ? 'there is no iptables: install it, e.g. with apt-get install iptables'
        : `iptables does not work: ${failed.stderr.trim()}`,
    )
  }

  /** Rules of a chain, as `-A` commands. */
  async list({ table, chain }: Pick<FirewallRule, 'table' | 'chain'>): Promise<string[]> {
    return (await this.#must(['-t', table, '-S', chain])).split('\n').filter((line) => line.startsWith('-A '))
  }

  async has({ table, chain, specification }: FirewallRule): Promise<boolean> {
    return (await this.#call(['-t', table, '-C', chain, ...specification])).status === 0
  }

  /** Puts the rule before all others of its chain, unless it is there already. Resolves with whether it was missing. */
  async ensure(rule: FirewallRule): Promise<boolean> {
    if (await this.has(rule)) return false
    await this.#must(['-t', rule.table, '-I', rule.chain, ...rule.specification])
    return true
  }

  async remove(rule: FirewallRule): Promise<void> {
    if (await this.has(rule)) await this.#must(['-t', rule.table, '-D', rule.chain, ...rule.specification])
  }

  /** Takes away a rule as `list` gives it. */
  async removeListed(table: FirewallRule['table'], listed: string): Promise<void> {
    await this.#must(['-t', table, ...listed.replace(/^-A /, '-D ').split(' ')])
  }

  async #must(parameters: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.#call(parameters)
    if (status === 0) return stdout
    throw new FirewallError(`${this.#program} ${parameters.join(' ')} failed: ${stderr.trim()}`)
  }

  #call(parameters: readonly string[]): Promise<Ran> {
    return this.#run(this.#program, [...WAIT, ...parameters])
  }
}
