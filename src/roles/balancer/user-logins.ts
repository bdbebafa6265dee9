/** What logs users in beside HAProxy, loaded and started when the first rule needs it. */
import path from 'node:path'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import { hasOidcRules } from '../../loadbalancer/configuration/oidc.ts'
import { socketDirectory } from '../../loadbalancer/haproxy/socket-directory.ts'
import type { AuthenticatorServer } from '../../loadbalancer/oidc/authenticator.ts'
import type { Login } from '../../loadbalancer/oidc/login.ts'
import type { RoutingTable } from '../../model/load-balancing/routing.ts'

export interface UserLoginsOptions {
  /** The balancer's own. */
  readonly directory: string
  readonly clock: Clock
  readonly log: Log
}

interface Running {
  readonly login: Login
  readonly server: AuthenticatorServer
}

const RETRY_AFTER_MS = 5000

export class UserLogins {
  readonly #options: UserLoginsOptions
  /** Where HAProxy finds it, also before it is started. */
  readonly socketPath: string
  #running: Promise<Running> | undefined
  #newest: { readonly table: RoutingTable; readonly cookieKey: string } | undefined
  #serving: Promise<void> = Promise.resolve()
  #isEnded = false

  constructor(options: UserLoginsOptions) {
    this.#options = options
    this.socketPath = path.join(socketDirectory(path.join(options.directory, 'haproxy')), 'oidc.sock')
  }

  /** `cookieKey`: empty while the control plane has not said it; nobody is logged in then. */
  serve(table: RoutingTable, cookieKey: string): void {
    const isSame = this.#newest?.table.loadBalancers === table.loadBalancers
    this.#newest = { table, cookieKey }
    if (this.#running !== undefined || (!isSame && hasOidcRules(table))) this.#serving = this.#serveNewest()
  }

  /** Resolves when the newest table is served, or could not be. */
  async settled(): Promise<void> {
    await this.#serving
  }

  async close(): Promise<void> {
    this.#isEnded = true
    try {
      const running = await this.#running
      await running?.server.close()
    } catch (error) {
      this.#options.log.debug('no authenticator runs that could be ended', { reason: String(error) })
    }
  }

  async #serveNewest(): Promise<void> {
    const { clock, log } = this.#options
    try {
      this.#running ??= this.#start()
      const { login } = await this.#running
      if (this.#newest !== undefined && this.#newest.cookieKey !== '')
        login.serve(this.#newest.table, this.#newest.cookieKey)
    } catch (error) {
      log.error('users cannot be logged in; it is tried again', { error })
      this.#running = undefined
      clock.setTimer(RETRY_AFTER_MS, () => {
        if (!this.#isEnded && this.#running === undefined) void this.#serveNewest()
      })
    }
  }

  async #start(): Promise<Running> {
    const { clock, log } = this.#options
    const [{ askProviderWith }, { AuthenticatorServer: Server }, { Login: Logins }] = await Promise.all([
      import('../../loadbalancer/oidc/ask.ts'),
      import('../../loadbalancer/oidc/authenticator.ts'),
      import('../../loadbalancer/oidc/login.ts'),
    ])
    const login = new Logins({ clock, log, ask: askProviderWith(clock) })
    const server = new Server(login, log)
    await server.listen(this.socketPath)
    return { login, server }
  }
}
