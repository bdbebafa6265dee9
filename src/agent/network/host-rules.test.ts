import { describe, expect, it } from 'vitest'
import { HostRules, type HostRulesOptions } from './host-rules.ts'
import { FirewallError } from '../../kit/network/iptables.ts'
import type { Ran } from '../../kit/network/run-program.ts'

/** A host's firewall and kernel switch, as far as the rules touch them; keeps the order of what was done. */
class FakeHost {
  readonly rules: string[] = []
  readonly done: string[] = []
  /** Programs that there are. */
  programs = ['iptables']
  /** What each call fails with. */
  refusal: string | undefined
  isOpen = false
  isReadOnly = false

  readonly run = async (program: string, parameters: readonly string[]): Promise<Ran> => {
    if (!this.programs.includes(program)) return { status: 'missing', stdout: '', stderr: '' }
    if (this.refusal !== undefined) return { status: 4, stdout: '', stderr: `${this.refusal}\n` }
    const [name, command, chain, ...specification] = parameters.slice(3)
    if (parameters.slice(0, 3).join(' ') !== '-w 5 -t') throw new Error('it does not wait for the lock')
    const rule = `${name} ${chain} ${specification.join(' ')}`
    const found = this.rules.indexOf(rule)
    if (command === '-S') {
      const listed = this.rules.filter((each) => each.startsWith(`${name} ${chain} `))
      return {
        status: 0,
        stdout: ['-P X ACCEPT', ...listed.map((each) => each.replace(`${name}`, '-A'))].join('\n'),
        stderr: '',
      }
    }
    if (command === '-I') this.#do('add', rule, () => this.rules.unshift(rule))
    if (command === '-D') this.#do('remove', rule, () => this.rules.splice(found, 1))
    return { status: command === '-I' || found >= 0 ? 0 : 1, stdout: '', stderr: '' }
  }

  readonly routeLocalnet = {
    isOn: () => this.isOpen,
    set: (isOn: boolean) => {
      if (this.isReadOnly) throw new Error('EROFS: read-only file system')
      this.#do(isOn ? 'open' : 'close', '', () => (this.isOpen = isOn))
    },
  }

  with(options: Partial<HostRulesOptions> = {}): HostRules {
    const { run, routeLocalnet } = this
    return new HostRules({ port: 51_679, skipLocalhostFilter: false, run, routeLocalnet, ...options })
  }

  #do(what: string, rule: string, how: () => void): void {
    this.done.push(`${what} ${rule.split(' ').slice(0, 2).join(' ')}`.trim())
    how()
  }
}

describe('the rules of a host', () => {
  it('lead containers and processes of the host to the server, and guard the loopback interface before it is opened', async () => {
    const host = new FakeHost()
    expect(await host.with().install()).toBe(true)
    expect(host.done).toEqual(['add filter INPUT', 'add filter INPUT', 'open', 'add nat PREROUTING', 'add nat OUTPUT'])
    expect(host.rules.toSorted()).toEqual([
      'filter INPUT ! -i lo -d 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
      'filter INPUT -d 127.0.0.1/32 -p tcp -m tcp --dport 51679 -m conntrack --ctstate DNAT --ctorigdst 169.254.170.2/32 -j ACCEPT',
      'nat OUTPUT -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 51679',
      'nat PREROUTING -d 169.254.170.2/32 -p tcp -m tcp --dport 80 -j DNAT --to-destination 127.0.0.1:51679',
    ])
  })

  it('are taken away in the opposite order, and the host is as it was', async () => {
    const host = new FakeHost()
    const rules = host.with()
    await rules.install()
    host.done.length = 0
    await rules.remove()
    expect(host.done).toEqual([
      'remove nat PREROUTING',
      'remove nat OUTPUT',
      'close',
      'remove filter INPUT',
      'remove filter INPUT',
    ])
    expect(host.rules).toEqual([])
    expect(host.isOpen).toBe(false)
  })

  it('are there once, however often they are put there, and come back when they are lost', async () => {
    const host = new FakeHost()
    const rules = host.with()
    await rules.install()
    expect(await rules.install()).toBe(false)
    expect(host.rules).toHaveLength(4)
    host.rules.length = 0
    host.isOpen = false
    expect(await rules.install()).toBe(true)
    expect([host.rules.length, host.isOpen]).toEqual([4, true])
  })

  it('of an agent that was killed are taken over, the switch of the kernel included', async () => {
    const host = new FakeHost()
    await host.with().install()
    const next = host.with()
    expect(await next.install()).toBe(false)
    await next.remove()
    expect([host.rules, host.isOpen]).toEqual([[], false])
  })

  it('leave the switch on where it was on before', async () => {
    const host = new FakeHost()
    host.isOpen = true
    const rules = host.with()
    await rules.install()
    await rules.remove()
    expect(host.isOpen).toBe(true)
  })

  it("keep the introspection API for the host and the containers on Docker's bridge", async () => {
    const host = new FakeHost()
    const rules = host.with({ introspectionPort: 51_678 })
    await rules.install()
    const guard = 'filter INPUT ! -d 127.0.0.0/8 ! -i docker0 -p tcp -m tcp --dport 51678 -j DROP'
    expect(host.rules).toContain(guard)
    expect(await rules.install()).toBe(false)
    await rules.remove()
    expect(host.rules).toEqual([])
  })

  it('take over the switch of an agent that had fewer of them', async () => {
    const host = new FakeHost()
    await host.with().install()
    const next = host.with({ introspectionPort: 51_678 })
    await next.install()
    await next.remove()
    expect(host.isOpen).toBe(false)
  })

  it('leave the filter to another firewall if told', async () => {
    const host = new FakeHost()
    await host.with({ skipLocalhostFilter: true }).install()
    expect(host.rules.filter((rule) => rule.endsWith('DROP'))).toEqual([])
    expect(host.rules).toHaveLength(3)
  })
})

describe('a host that cannot have them', () => {
  const failure = (host: FakeHost): Promise<unknown> =>
    host
      .with()
      .install()
      .catch((error: unknown) => error)

  it('says what to install', async () => {
    const host = new FakeHost()
    host.programs = []
    expect(await failure(host)).toEqual(
      new FirewallError('there is no iptables: install it, e.g. with apt-get install iptables'),
    )
  })

  it('says what iptables says', async () => {
    const host = new FakeHost()
    host.refusal = 'Permission denied (you must be root)'
    expect(await failure(host)).toEqual(
      new FirewallError('iptables does not work: Permission denied (you must be root)'),
    )
  })

  it('says that its kernel may not be changed', async () => {
    const host = new FakeHost()
    host.isReadOnly = true
    expect(await failure(host)).toEqual(
      new FirewallError('net.ipv4.conf.all.route_localnet cannot be set: EROFS: read-only file system'),
    )
    expect(host.rules.filter((rule) => rule.startsWith('nat'))).toEqual([])
  })

  it('says that the address is led elsewhere, and leaves that as it is', async () => {
    const host = new FakeHost()
    await host.with({ port: 40_000 }).install()
    const before = [...host.rules]
    expect(await failure(host)).toMatchObject({
      name: 'FirewallError',
      message: expect.stringContaining('leads 169.254.170.2 elsewhere already') as string,
    })
    expect(host.rules).toEqual(before)
  })

  it.each(['iptables-nft', 'iptables-legacy'])('but has %s has them', async (program) => {
    const host = new FakeHost()
    host.programs = [program]
    expect(await host.with().install()).toBe(true)
  })
})
