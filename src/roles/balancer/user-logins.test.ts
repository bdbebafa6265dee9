import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { aRoutingTable, aRuleRoute, answerWith } from '../../../test/e2e/loadbalancer/a-route.ts'
import { OidcProvider } from '../../../test/oidc-provider.ts'
import { SystemClock } from '../../kit/clock.ts'
import { silentLog } from '../../kit/log.ts'
import { UserLogins } from './user-logins.ts'

const statusAt = (socketPath: string): Promise<number | string> =>
  new Promise((resolve) => {
    const headers = { host: 'app.test', 'x-longshore-rule': 'web.50dc6c495c0c9188.f2f7dc8efc522ab2.default' }
    const asked = request({ socketPath, path: '/', headers, agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
    asked.end()
  })

const within = async (check: (logins: UserLogins) => Promise<void>): Promise<void> => {
  const directory = mkdtempSync(path.join(tmpdir(), 'longshore-logins-'))
  mkdirSync(path.join(directory, 'haproxy'))
  const logins = new UserLogins({ directory, clock: new SystemClock(), log: silentLog })
  try {
    await check(logins)
  } finally {
    await logins.close()
    rmSync(directory, { recursive: true })
  }
}

const plain = aRoutingTable({ port: 443, rules: [aRuleRoute('default', [], [answerWith('x')])] })

describe('what logs users in', () => {
  it('is there from the first rule that needs it until the end', async () => {
    const provider = await OidcProvider.create(new SystemClock())
    const action = { Type: 'authenticate-oidc', AuthenticateOidcConfig: provider.config() } as const
    const table = aRoutingTable({ port: 443, rules: [aRuleRoute('default', [], [action, answerWith('x')])] })
    await within(async (logins) => {
      logins.serve(plain, 'key')
      expect(await statusAt(logins.socketPath)).toBe('ENOENT')
      logins.serve(table, '')
      await logins.settled()
      expect(await statusAt(logins.socketPath)).toBe(503)
      logins.serve(table, 'key')
      await logins.settled()
      expect(await statusAt(logins.socketPath)).toBe(302)
      logins.serve(plain, 'key')
      await logins.settled()
      expect(await statusAt(logins.socketPath)).toBe(503)
      await logins.close()
      expect(await statusAt(logins.socketPath)).toBe('ENOENT')
    })
  })
})
