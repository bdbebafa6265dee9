/**
 * Goal: a rule with `authenticate-oidc`, made through the API, lets in who has logged in, and nobody else; also while the balancer's process and the
 * control plane are away, and after they have come back.
 *
 * Method: a real `longshore up` with HAProxy and an HTTPS listener, a provider behind HTTPS, and a target that says what it was sent.
 */
import { createPublicKey, verify } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ACM } from '@aws-sdk/client-acm'
import { EC2 } from '@aws-sdk/client-ec2'
import {
  ElasticLoadBalancingV2,
  waitUntilLoadBalancerAvailable,
  waitUntilTargetInService,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { aCertificatePair } from '../builders/a-certificate.ts'
import { type ServedProvider, serveProvider } from '../oidc-provider.ts'
import { type Answer, ask, echoed, EchoTarget } from './loadbalancer/echo-target.ts'
import { freePort } from './loadbalancer/haproxy-under-test.ts'
import { answering, type RunningLongshore, startLongshore, until } from './longshore.ts'

const WAIT = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 }

let served: ServedProvider
let longshore: RunningLongshore
let target: EchoTarget
let elb: ElasticLoadBalancingV2
let name = ''
let port = 0
const directory = mkdtempSync(path.join(tmpdir(), 'longshore-logins-'))
const cookies = new Map<string, string>()

/** As a browser with these cookies would. */
const browse = async (url: string): Promise<Answer> => {
  const { host, pathname, search } = new URL(url, `https://${name}:${port}`)
  const cookie = Array.from(cookies, ([key, value]) => `${key}=${value}`).join('; ')
  const headers = { host, ...(cookie !== '' && { cookie }) }
  const answer = await ask({ port, path: `${pathname}${search}`, headers, servername: name, isEncrypted: true })
  for (const text of answer.headers['set-cookie'] ?? []) {
    const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
    if (text.includes('1970')) cookies.delete(key)
    else cookies.set(key, value)
  }
  return answer
}

beforeAll(async () => {
  served = await serveProvider()
  target = await EchoTarget.start('web')
  const authority = path.join(directory, 'authority.pem')
  writeFileSync(authority, served.authority)
  longshore = await startLongshore({
    args: ['--no-agent', `--balancer-addresses=127.${100 + (process.pid % 100)}.${process.pid % 250}.0/24`],
    env: { NODE_EXTRA_CA_CERTS: authority },
  })
  const settings = {
    endpoint: longshore.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  }
  elb = new ElasticLoadBalancingV2(settings)
  const { Subnets: subnets = [] } = await new EC2(settings).describeSubnets()
  const { LoadBalancers: [loadBalancer] = [] } = await elb.createLoadBalancer({
    Name: 'logins',
    Subnets: subnets.flatMap(({ SubnetId }) => SubnetId ?? []),
  })
  name = loadBalancer?.DNSName ?? ''
  const { TargetGroups: [group] = [] } = await elb.createTargetGroup({
    Name: 'web',
    Protocol: 'HTTP',
    Port: 80,
    TargetType: 'ip',
    VpcId: loadBalancer?.VpcId,
    HealthCheckIntervalSeconds: 5,
    HealthyThresholdCount: 2,
  })
  const pair = await aCertificatePair({ names: [name], now: Date.now() - 3_600_000 })
  const { CertificateArn } = await new ACM(settings).importCertificate({
    Certificate: Buffer.from(pair.certificate),
    CertificateChain: Buffer.from(pair.chain),
    PrivateKey: Buffer.from(pair.key),
  })
  port = await freePort()
  await elb.createListener({
    LoadBalancerArn: loadBalancer?.LoadBalancerArn,
    Protocol: 'HTTPS',
    Port: port,
    Certificates: [{ CertificateArn }],
    DefaultActions: [
      { Type: 'authenticate-oidc', Order: 1, AuthenticateOidcConfig: served.provider.config() },
      { Type: 'forward', Order: 2, TargetGroupArn: group?.TargetGroupArn },
    ],
  })
  await elb.registerTargets({
    TargetGroupArn: group?.TargetGroupArn,
    Targets: [{ Id: '127.0.0.1', Port: target.port }],
  })
  const client = elb
  await waitUntilLoadBalancerAvailable({ client, ...WAIT }, { LoadBalancerArns: [loadBalancer?.LoadBalancerArn ?? ''] })
  await waitUntilTargetInService({ client, ...WAIT }, { TargetGroupArn: group?.TargetGroupArn })
})

afterAll(async () => {
  elb?.destroy()
  await longshore?.stop()
  await target?.stop()
  await served?.close()
  rmSync(directory, { recursive: true })
})

describe('a rule with authenticate-oidc', () => {
  it('sends users to the provider, and lets them in when they come back', async () => {
    const sent = await browse('/a?b')
    expect([sent.status, target.count]).toEqual([302, 0])
    const back = await browse(served.provider.agree(sent.headers.location ?? ''))
    expect([back.status, back.headers.location]).toEqual([302, `https://${name}:${port}/a?b`])
    const { headers } = echoed(await browse('/a?b'))
    expect(headers['x-amzn-oidc-identity']).toBe('user-1')
    const [head = '', claims = '', signature = ''] = (headers['x-amzn-oidc-data'] ?? '').split('.')
    const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { readonly kid: string }
    const told = await fetch(`${longshore.endpoint}/public-keys/elb/${kid}`)
    const key = { key: createPublicKey(await told.text()), dsaEncoding: 'ieee-p1363' } as const
    expect(verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true)
  })

  it('goes on doing so when the control plane and the balancer were killed', async () => {
    const balancer = longshore.processId('balancer')
    longshore.kill('server')
    longshore.kill('balancer')
    expect((await browse('/')).status).toBe(200)
    await until('another balancer', () => {
      const another = longshore.processId('balancer')
      return another !== undefined && another !== balancer
    })
    const mine = new Map(cookies)
    await until('strangers to be sent to the provider', async () => {
      cookies.clear()
      const { status } = await browse('/')
      expect([302, 503]).toContain(status)
      return status === 302
    })
    for (const [key, value] of mine) cookies.set(key, value)
    expect((await browse('/')).status).toBe(200)
    await answering(longshore)
  })

  it('keeps the secret of the provider to the balancer', async () => {
    const { LoadBalancers: [loadBalancer] = [] } = await elb.describeLoadBalancers({ Names: ['logins'] })
    const { Listeners: [listener] = [] } = await elb.describeListeners({
      LoadBalancerArn: loadBalancer?.LoadBalancerArn,
    })
    expect(JSON.stringify(listener)).not.toContain('s3cr')
    expect(longshore.output()).not.toContain('s3cr')
  })
})
