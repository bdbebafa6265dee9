/** An HTTPS server that shows its certificate as it is at each moment: renewed ones are taken up without a restart. */
import type { Server, ServerOptions } from 'node:http'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { Certificate } from './local-authority.ts'
import type { ServerCertificate } from './server-certificate.ts'

/** How often it is asked whether there is another certificate. */
const RENEWAL_CHECK_MS = 60_000
/** Certificates of further names that are kept: whoever asks for ever new ones fills no memory. */
const KEPT_NAMES = 64
const MIN_VERSION = 'TLSv1.2'

export const secureServer = async (
  certificate: ServerCertificate,
  options: ServerOptions,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Server> => {
  const https = await import('node:https')
  const contexts = new NamedContexts(certificate.forName)
  const show = async (name: string, done: (error: Error | null, context?: SecureContext) => void): Promise<void> => {
    let context: SecureContext | undefined
    try {
      context = await contexts.get(name)
    } catch (error) {
      log.error('no certificate can be made', { name, error })
      return done(error as Error)
    }
    done(null, context)
  }
  const server = https.createServer({
    ...options,
    ...(await certificate.current()),
    minVersion: MIN_VERSION,
    SNICallback: (name, done) => void show(name.toLowerCase(), done),
  })
  let version = certificate.version()
  const renew = async (): Promise<void> => {
    if (certificate.version() === version) return
    version = certificate.version()
    contexts.clear()
    try {
      server.setSecureContext({ ...(await certificate.current()), minVersion: MIN_VERSION })
      log.info('certificate taken up', { version })
    } catch (error) {
      log.error('the certificate could not be taken up; the one before stays', { error })
    }
  }
  const check = (): void => void renew().finally(watch)
  let timer = clock.setTimer(RENEWAL_CHECK_MS, check)
  const watch = (): void => {
    if (server.listening) timer = clock.setTimer(RENEWAL_CHECK_MS, check)
  }
  server.once('close', () => timer.cancel())
  return server
}

/** What clients are shown that ask for names which the server's own certificate does not have. */
class NamedContexts {
  readonly #forName: (name: string) => Promise<Certificate> | undefined
  readonly #contexts = new Map<string, Promise<SecureContext>>()

  constructor(forName: ServerCertificate['forName'] = () => undefined) {
    this.#forName = forName
  }

  /** Undefined where the server's own certificate is to be shown. */
  get(name: string): Promise<SecureContext> | undefined {
    return this.#contexts.get(name) ?? this.#make(name)
  }

  clear(): void {
    this.#contexts.clear()
  }

  #make(name: string): Promise<SecureContext> | undefined {
    const context = this.#forName(name)?.then((pair) => createSecureContext({ ...pair, minVersion: MIN_VERSION }))
    if (context === undefined) return undefined
    const [oldest] = this.#contexts.keys()
    if (oldest !== undefined && this.#contexts.size >= KEPT_NAMES) this.#contexts.delete(oldest)
    this.#contexts.set(name, context)
    // The next client may have more luck.
    context.catch(() => this.#contexts.delete(name))
    return context
  }
}
