/** An HTTPS server that shows its certificate as it is at each moment: renewed ones are taken up without a restart. */
import type { Server, ServerOptions } from 'node:http'
import type { Clock } from '../../kit/clock.ts'
import type { Log } from '../../kit/log.ts'
import type { ServerCertificate } from './server-certificate.ts'

/** How often it is asked whether there is another certificate. */
const RENEWAL_CHECK_MS = 60_000

export const secureServer = async (
  certificate: ServerCertificate,
  options: ServerOptions,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Server> => {
  const https = await import('node:https')
  const server = https.createServer({ ...options, ...(await certificate.current()), minVersion: 'TLSv1.2' })
  let version = certificate.version()
  const renew = async (): Promise<void> => {
    if (certificate.version() === version) return
    version = certificate.version()
    try {
      server.setSecureContext({ ...(await certificate.current()), minVersion: 'TLSv1.2' })
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
