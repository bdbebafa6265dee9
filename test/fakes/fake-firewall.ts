/** A host's firewall and routing rules, as far as `iptables` and `ip` are asked for them. */
import type { Ran } from '../../src/kit/network/run-program.ts'

const DONE: Ran = { status: 0, stdout: '', stderr: '' }
const refused = (stderr: string): Ran => ({ status: 2, stdout: '', stderr })

export class FakeFirewall {
  /** `<table> <chain> <specification>`. */
  readonly rules: string[] = []
  readonly routingRules: string[] = []
  /** By table. */
  readonly routes = new Map<string, string>()
  /** Programs that there are. */
  programs = ['iptables', 'ip']
  /** The hardware address of each neighbour, all on `eth0`; what is not among them is behind a gateway. Empty: it does not answer. */
  readonly neighbours = new Map<string, string>()
  /** What each call of `iptables` fails with. */
  refusal: string | undefined

  readonly run = async (program: string, parameters: readonly string[]): Promise<Ran> => {
    if (!this.programs.includes(program)) return { status: 'missing', stdout: '', stderr: '' }
    return program === 'ip' ? this.#ip(parameters) : this.#iptables(parameters.slice(3))
  }

  #iptables([table = '', command = '', chain = '', ...specification]: readonly string[]): Ran {
    if (this.refusal !== undefined) return refused(`${this.refusal}\n`)
    const rule = [table, chain, ...specification].join(' ')
    const found = this.rules.indexOf(rule)
    if (command === '-S') {
      const listed = this.rules.filter((each) => each.startsWith(`${table} ${chain} `))
      return { ...DONE, stdout: listed.map((each) => each.replace(table, '-A')).join('\n') }
    }
    if (command === '-I') this.rules.unshift(rule)
    if (command === '-D') this.rules.splice(found, 1)
    return command === '-I' || found >= 0 ? DONE : refused('iptables: Bad rule')
  }

  #ip([object, command, ...rest]: readonly string[]): Ran {
    if (object === '-j')
      return { ...DONE, stdout: JSON.stringify(command === 'neigh' ? this.#neighbour(rest) : this.#way(rest)) }
    const text = rest.join(' ')
    if (object === 'route') {
      const [, route = '', table = ''] = /^(.*) ?table (\d+)$/.exec(text) ?? []
      if (command === 'replace') this.routes.set(table, route.trim())
      else if (!this.routes.delete(table)) return refused('Error: ipv4: FIB table does not exist.')
      return DONE
    }
    const found = this.routingRules.indexOf(text)
    if (command === 'add' && found >= 0) return refused('RTNETLINK answers: File exists')
    if (command === 'del' && found < 0) return refused('RTNETLINK answers: No such file or directory')
    if (command === 'add') this.routingRules.push(text)
    else this.routingRules.splice(found, 1)
    return DONE
  }

  #way([, address = '']: readonly string[]) {
    return [{ dst: address, dev: 'eth0', ...(!this.neighbours.has(address) && { gateway: '10.0.0.1' }) }]
  }

  #neighbour([, address = '']: readonly string[]) {
    const lladdr = this.neighbours.get(address)
    return lladdr === undefined ? [] : [{ dst: address, ...(lladdr !== '' && { lladdr }) }]
  }
}
