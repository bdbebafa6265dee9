/** Machines of a test: network namespaces with cables between them, and processes in them that are targets and clients. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { NetworkOrder } from './network-process.ts'

const SCRIPT = path.join(import.meta.dirname, 'network-process.ts')

/** Runs a program to its end, and gives what it printed. */
export const run = (program: string, ...parameters: readonly string[]): string => {
  const { status, stdout, stderr, error } = spawnSync(program, parameters, { encoding: 'utf8', timeout: 20_000 })
  if (status !== 0) throw new Error(`${program} ${parameters.join(' ')}: ${error?.message ?? stderr}`)
  return stdout.trim()
}

/** A process in a network, which ends with it if it is its own. */
export class NetworkPeer {
  readonly #process: ChildProcess
  readonly #answers = new Map<number, (answer: string) => void>()
  #orders = 0

  private constructor(command: readonly string[]) {
    const [program = process.execPath, ...parameters] = command
    this.#process = spawn(program, [...parameters, process.execPath, SCRIPT], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#process.on('message', ({ id, answer }: { readonly id: number; readonly answer: string }) =>
      this.#answers.get(id)?.(answer),
    )
  }

  /** In the network of that process, or in a new one. */
  static async start(processId?: number): Promise<NetworkPeer> {
    const peer = new NetworkPeer(
      processId === undefined ? ['unshare', '--net'] : ['nsenter', `--net=/proc/${processId}/ns/net`],
    )
    await Promise.race([once(peer.#process, 'message'), once(peer.#process, 'exit').then(refuse)])
    if (processId === undefined) peer.run('ip', 'link', 'set', 'lo', 'up')
    return peer
  }

  get processId(): number {
    return this.#process.pid ?? 0
  }

  /** Runs a program in its network. */
  run(...command: readonly string[]): string {
    return run('nsenter', `--net=/proc/${this.processId}/ns/net`, ...command)
  }

  async listen(protocol: 'tcp' | 'udp', port: number, address = '0.0.0.0'): Promise<void> {
    await this.#order({ what: 'listen', protocol, address, port })
  }

  /** What is answered, or why nothing is. */
  async ask(protocol: 'tcp' | 'udp', address: string, port: number): Promise<string> {
    return await this.#order({ what: 'ask', protocol, address, port })
  }

  stop(): void {
    this.#process.kill('SIGKILL')
  }

  #order(order: NetworkOrder): Promise<string> {
    const id = ++this.#orders
    const answered = new Promise<string>((resolve) => this.#answers.set(id, resolve))
    this.#process.send({ id, order })
    return answered
  }
}

const refuse = ([code]: readonly unknown[]): never => {
  throw new Error(`a process in a network ended with ${String(code)}`)
}

/** A cable between two networks; the ends have the addresses 1 and 2 of that /24 block. */
export const addCable = (block: string, one: NetworkPeer, other: NetworkPeer): readonly [string, string] => {
  const [near, far] = [`${block}.1`, `${block}.2`]
  const name = `c${block.split('.').at(-1)}`
  one.run('ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', name, 'netns', String(other.processId))
  for (const [peer, address] of [
    [one, near],
    [other, far],
  ] as const) {
    peer.run('ip', 'addr', 'add', `${address}/24`, 'dev', name)
    peer.run('ip', 'link', 'set', name, 'up')
  }
  return [near, far]
}

/** How strictly it looks whether a packet came by the interface that leads to its source: 1 strictly, 2 loosely. */
export const setReversePathFilter = (peer: NetworkPeer, mode: 1 | 2): void =>
  void peer.run('sh', '-c', `for f in /proc/sys/net/ipv4/conf/*/rp_filter; do echo ${mode} > $f; done`)
