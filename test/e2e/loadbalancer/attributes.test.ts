import { describe, expect, it } from 'vitest'
import { aGroupRoute, aRoutingTable, aRuleRoute, aTargetRoute, forwardTo, type RouteOptions } from './a-route.ts'
import { type Answer, ask, echoed, EchoTarget, type Question } from './echo-target.ts'
import { freePort, HaproxyUnderTest, PROGRAMS } from './haproxy-under-test.ts'

type Ask = (question?: Omit<Question, 'port'>) => Promise<Answer>
type Attributes = Readonly<Record<string, string>>

interface Given {
  readonly loadBalancer?: Attributes
  readonly listener?: Attributes
  readonly group?: Attributes
  readonly options?: Partial<RouteOptions>
  readonly targets?: readonly string[]
}

/** A listener that forwards to one group with targets of these names. */
const serving = async (
  program: string,
  { loadBalancer = {}, listener = {}, group = {}, options = {}, targets: names = ['one'] }: Given,
  check: (ask: Ask, targets: readonly EchoTarget[], haproxy: HaproxyUnderTest, port: number) => Promise<void>,
): Promise<void> => {
  const targets = await Promise.all(names.map((name) => EchoTarget.start(name)))
  const port = await freePort()
  const table = aRoutingTable({
    port,
    groups: [
      aGroupRoute(
        'web',
        targets.map((target) => aTargetRoute(target.port)),
        { attributes: group },
      ),
    ],
    rules: [aRuleRoute('default', [], [forwardTo('web')])],
    loadBalancer: { attributes: loadBalancer },
    listener: { attributes: listener },
    ...options,
  })
  const haproxy = await HaproxyUnderTest.start(program, table, [port])
  try {
    await check((question = {}) => ask({ port, ...question }), targets, haproxy, port)
  } finally {
    await haproxy.stop()
    for (const target of targets) await target.stop()
  }
}

const setCookies = (answer: Answer): string => (answer.headers['set-cookie'] ?? []).join('\n')

const BACKEND = 'web.73e2d6bc24d8a067'

describe.each(PROGRAMS)('attributes, by %s', (program) => {
  it.each([
    [{}, {}, '127.0.0.1'],
    [{}, { 'x-forwarded-for': '192.0.2.1' }, '192.0.2.1, 127.0.0.1'],
    [{}, { 'x-forwarded-for': ['192.0.2.1', '192.0.2.2'] }, '192.0.2.1, 192.0.2.2, 127.0.0.1'],
    [{ 'routing.http.xff_header_processing.mode': 'preserve' }, { 'x-forwarded-for': '192.0.2.1' }, '192.0.2.1'],
    [{ 'routing.http.xff_header_processing.mode': 'remove' }, { 'x-forwarded-for': '192.0.2.1' }, undefined],
    [{ 'routing.http.xff_client_port.enabled': 'true' }, {}, expect.stringMatching(/^127\.0\.0\.1:\d+$/)],
    [
      { 'routing.http.xff_client_port.enabled': 'true' },
      { 'x-forwarded-for': '192.0.2.1' },
      expect.stringMatching(/^192\.0\.2\.1, 127\.0\.0\.1:\d+$/),
    ],
    [{}, { 'x-forwarded-proto': ['https', 'https'], 'x-forwarded-port': '443' }, '127.0.0.1'],
  ])('X-Forwarded-For with %o and %o', async (loadBalancer, headers, expected) => {
    await serving(program, { loadBalancer }, async (ask, _targets, _haproxy, port) => {
      const { headers: seen } = echoed(await ask({ headers }))
      expect(seen['x-forwarded-for']).toEqual(expected)
      expect([seen['x-forwarded-proto'], seen['x-forwarded-port']]).toEqual(['http', String(port)])
    })
  })

  it.each([
    [undefined, /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/],
    [
      'Root=1-67891233-abcdef012345678912345678;a=b',
      /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-67891233-abcdef012345678912345678;a=b$/,
    ],
    ['Self=1-1-2;Root=1-3-4', /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-3-4$/],
    ['Root=1-3-4;Self=1-1-2', /^Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-3-4$/],
    ['a=b', /^Root=1-[0-9a-f]{8}-[0-9a-f]{24};a=b$/],
  ])('traces requests with %s', async (trace, expected) => {
    await serving(program, {}, async (ask) => {
      const headers = trace === undefined ? {} : { 'x-amzn-trace-id': trace }
      expect(echoed(await ask({ headers })).headers['x-amzn-trace-id']).toMatch(expected)
    })
  })

  it('the host gets the port of the listener, unless it is preserved', async () => {
    await serving(program, {}, async (ask, _targets, _haproxy, port) => {
      expect(echoed(await ask({ headers: { host: 'a.test' } })).headers.host).toBe(`a.test:${port}`)
      expect(echoed(await ask({ headers: { host: 'a.test:1' } })).headers.host).toBe('a.test:1')
    })
    const loadBalancer = { 'routing.http.preserve_host_header.enabled': 'true' }
    await serving(program, { loadBalancer }, async (ask) => {
      expect(echoed(await ask({ headers: { host: 'a.test' } })).headers.host).toBe('a.test')
    })
  })

  it('header fields whose names are invalid are dropped when that is wanted', async () => {
    const headers = { 'x_under.score': '1', 'x-good': '1' }
    await serving(program, {}, async (ask) => expect(echoed(await ask({ headers })).headers).toMatchObject(headers))
    const loadBalancer = { 'routing.http.drop_invalid_header_fields.enabled': 'true' }
    await serving(program, { loadBalancer }, async (ask) => {
      const { headers: seen } = echoed(await ask({ headers }))
      expect([seen['x_under.score'], seen['x-good']]).toEqual([undefined, '1'])
    })
  })

  it('refuses URLs that are too long, and more than 30 forwarded addresses', async () => {
    await serving(program, {}, async (ask) => {
      expect((await ask({ path: `/${'x'.repeat(13_000)}`, headers: { 'x-forwarded-for': '' } })).status).toBe(200)
      expect((await ask({ headers: { 'x-forwarded-for': Array(31).fill('192.0.2.1').join(', ') } })).status).toBe(463)
    })
  })

  it('stickiness by the own cookie', async () => {
    const group = { 'stickiness.enabled': 'true', 'stickiness.lb_cookie.duration_seconds': '100' }
    await serving(program, { group, targets: ['one', 'two', 'three'] }, async (ask, targets) => {
      const first = await ask()
      expect(setCookies(first)).toMatch(
        /^AWSALB=[^;]+; Expires=[^;]+ GMT; Path=\/\nAWSALBCORS=[^;]+; Expires=[^;]+ GMT; Path=\/; SameSite=None$/,
      )
      expect(setCookies(first)).not.toContain(String(targets[0]?.port))
      const [cookie = ''] = setCookies(first).split(';')
      const seen = new Set<string>()
      for (let count = 0; count < 6; count++) {
        seen.add(echoed(await ask({ headers: { cookie } })).target)
        seen.add(echoed(await ask({ headers: { cookie: `a=b; ${cookie.replace('AWSALB=', 'AWSALBCORS=')}` } })).target)
      }
      expect([...seen]).toEqual([echoed(first).target])
      const others = new Set([echoed(await ask()).target, echoed(await ask()).target])
      expect(others.size).toBe(2)
    })
  })

  it("stickiness by the application's cookie", async () => {
    const group = {
      'stickiness.enabled': 'true',
      'stickiness.type': 'app_cookie',
      'stickiness.app_cookie.cookie_name': "s'$%|d",
    }
    await serving(program, { group, targets: ['one', 'two'] }, async (ask, targets) => {
      expect(setCookies(await ask())).toMatch(/^AWSALBAPP-0=_remove_; /)
      for (const target of targets) target.answerHeaders = { 'set-cookie': "s'$%|d=1; Path=/" }
      const first = await ask()
      const [, own = ''] = /(AWSALBAPP-0=[^;]+); Expires=/.exec(setCookies(first)) ?? []
      expect(own).not.toContain('_remove_')
      for (const target of targets) target.answerHeaders = {}
      const seen = []
      for (let count = 0; count < 4; count++)
        seen.push(echoed(await ask({ headers: { cookie: `${own}; s'$%|d=1` } })).target)
      expect(new Set(seen)).toEqual(new Set([echoed(first).target]))
      const without = [
        echoed(await ask({ headers: { cookie: own } })).target,
        echoed(await ask({ headers: { cookie: own } })).target,
      ]
      expect(new Set(without).size).toBe(2)
      const { headers } = echoed(await ask({ headers: { cookie: `theme=dark; ${own}; lang=de` } }))
      expect(headers['cookie']).toMatch(/^theme=dark;.* lang=de$/)
    })
  })

  it.each([
    [{}, 1, ['one', 'three']],
    [{}, 3, ['one', 'two', 'three']],
    [{ 'target_group_health.unhealthy_state_routing.minimum_healthy_targets.count': '3' }, 1, ['one', 'two', 'three']],
    [
      { 'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': '70' },
      1,
      ['one', 'two', 'three'],
    ],
    [{ 'target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage': '60' }, 1, ['one', 'three']],
  ])('with %o, of three targets of which %i are unhealthy, some get requests', async (group, unhealthy, expected) => {
    await serving(program, { group, targets: ['one', 'two', 'three'] }, async (ask, targets, haproxy) => {
      const down = unhealthy === 3 ? targets : targets.slice(1, 1 + unhealthy)
      // As if checks had found it; those may be under way just now, and would decide otherwise.
      for (const { port } of down) await haproxy.command(`set server ${BACKEND}/127.0.0.1:${port} state maint`)
      const seen = new Set<string>()
      for (let count = 0; count < 9; count++) seen.add(echoed(await ask()).target)
      expect([...seen].toSorted()).toEqual([...expected].toSorted())
    })
  })

  it('targets come and go through the runtime API', async () => {
    const group = { 'stickiness.enabled': 'true' }
    await serving(program, { group, targets: ['one'] }, async (ask, [target], haproxy) => {
      const backends = [...haproxy.rendered.backends.values()]
      for (const { name, servers, isChecked, hasServerCookies } of backends) {
        const [server] = servers
        const it = `${name}/added`
        const said = [
          await haproxy.command(`add server ${it} ${server?.address} ${server?.parameters}`),
          ...(isChecked ? [await haproxy.command(`enable health ${it}`)] : []),
          ...(hasServerCookies ? [await haproxy.command(`enable dynamic-cookie backend ${name}`)] : []),
          await haproxy.command(`enable server ${it}`),
          await haproxy.command(`set server ${name}/${server?.name} state maint`),
        ]
        expect(said.filter((line) => line !== '')).toEqual(['New server registered.'])
      }
      expect(echoed(await ask()).target).toBe(target?.name)
      expect(setCookies(await ask())).toMatch(/^AWSALB=[0-9a-f]{16}/)
    })
  })

  it('requests that have no side effects are sent again to another target', async () => {
    await serving(program, { targets: ['one', 'two'] }, async (ask, [gone]) => {
      await gone?.stop()
      const answers = []
      for (let count = 0; count < 8; count++)
        answers.push((await ask({ method: count % 2 === 0 ? 'GET' : 'POST' })).status)
      expect(new Set(answers)).toEqual(new Set([200]))
    })
  })

  it('requests whose target goes away before it answers are sent again to another one, if they have no side effects', async () => {
    await serving(program, { targets: ['one', 'two'] }, async (ask, [one]) => {
      if (one !== undefined) one.isCutting = true
      const statuses = async (method: string) => {
        const answers = []
        for (let count = 0; count < 4; count++) answers.push((await ask({ method })).status)
        return new Set(answers)
      }
      expect(await statuses('GET')).toEqual(new Set([200]))
      expect(one?.count).toBeGreaterThan(0)
      expect(await statuses('POST')).toEqual(new Set([200, 502]))
    })
  })

  it('requests whose only target goes away before it answers are not sent again', async () => {
    await serving(program, {}, async (ask, [one]) => {
      if (one !== undefined) one.isCutting = true
      expect([(await ask()).status, one?.count]).toEqual([502, 1])
    })
  })

  it('targets that cannot be reached are a bad gateway', async () => {
    await serving(program, { targets: ['one', 'two'] }, async (ask, targets) => {
      for (const target of targets) await target.stop()
      const { status, headers, body } = await ask()
      expect([status, headers.server, body.includes('502 Bad Gateway')]).toEqual([502, 'awselb/2.0', true])
    })
  })
})
