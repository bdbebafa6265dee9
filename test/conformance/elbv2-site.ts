/** A server of Elastic Load Balancing with what listeners need: load balancers, target groups and certificates. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ACM } from '@aws-sdk/client-acm'
import {
  type CreateListenerInput,
  type CreateRuleInput,
  type CreateTargetGroupInput,
  ElasticLoadBalancingV2,
  type Listener,
  type Rule,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { type CertificatePair, createAuthority, createKey, signCertificate } from '../../src/kit/x509.ts'
import { acmService } from '../../src/services/acm/index.ts'
import { elbv2Service } from '../../src/services/elbv2/index.ts'
import { ensureDefaultVpc } from '../../src/store/ec2/default-vpc.ts'
import { ACCOUNT, REGION, type ServiceServer, serviceServer } from './service-server.ts'

const MAKER = { clock: new SystemClock(), ids: new SystemIds() }

export const listenerName = (loadBalancerArn: string): string => loadBalancerArn.replace(':loadbalancer/', ':listener/')

export class ElbSite {
  readonly server: ServiceServer
  readonly elb: ElasticLoadBalancingV2
  readonly acm: ACM
  readonly vpcId: string
  readonly subnets: readonly string[]
  /** Trust stores are read from here. */
  readonly directory: string
  readonly authority: CertificatePair

  private constructor(
    server: ServiceServer,
    network: { readonly vpcId: string; readonly subnets: readonly string[] },
    directory: string,
    authority: CertificatePair,
  ) {
    this.server = server
    this.elb = new ElasticLoadBalancingV2(server.client)
    this.acm = new ACM(server.client)
    this.vpcId = network.vpcId
    this.subnets = network.subnets
    this.directory = directory
    this.authority = authority
  }

  static async open(): Promise<ElbSite> {
    const directory = await mkdtemp(path.join(tmpdir(), 'trust-stores-'))
    const server = await serviceServer(
      (deps) => elbv2Service({ ...deps, loadBalancing: { ...deps.loadBalancing, trustStoresDirectory: directory } }),
      acmService,
    )
    const network = await server.deps.store.transact((tx) => {
      const vpcId = ensureDefaultVpc(tx, { account: ACCOUNT, region: REGION, now: 0 })?.vpcId ?? ''
      return { vpcId, subnets: tx.subnets.find('byVpc', vpcId).map(({ subnetId }) => subnetId) }
    })
    return new ElbSite(server, network, directory, await createAuthority(MAKER))
  }

  async close(): Promise<void> {
    this.elb.destroy()
    this.acm.destroy()
    await this.server.close()
    await rm(this.directory, { recursive: true })
  }

  async loadBalancer(name: string, type: 'application' | 'network' = 'application'): Promise<string> {
    const { LoadBalancers: made } = await this.elb.createLoadBalancer({
      Name: name,
      Type: type,
      Subnets: [...this.subnets],
    })
    return made?.[0]?.LoadBalancerArn ?? ''
  }

  async targetGroup(name: string, given: Partial<CreateTargetGroupInput> = {}): Promise<string> {
    const request = { Name: name, Protocol: 'HTTP', Port: 80, TargetType: 'ip', VpcId: this.vpcId, ...given } as const
    const { TargetGroups: made } = await this.elb.createTargetGroup(request)
    return made?.[0]?.TargetGroupArn ?? ''
  }

  async certificate(name: string): Promise<string> {
    const key = { key: await createKey('EC_prime256v1'), algorithm: 'EC_prime256v1' } as const
    const subject = { subject: `CN=${name}`, names: [name], days: 10 }
    const certificate = await signCertificate(this.authority, key, subject, MAKER)
    const { CertificateArn: arn } = await this.acm.importCertificate({
      Certificate: Buffer.from(certificate),
      PrivateKey: Buffer.from(key.key),
      CertificateChain: Buffer.from(this.authority.cert),
    })
    return arn ?? ''
  }

  async listener(
    given: Partial<CreateListenerInput> & { readonly LoadBalancerArn: string | undefined },
  ): Promise<Listener> {
    const request: CreateListenerInput = { Protocol: 'HTTP', Port: 80, DefaultActions: [NOT_FOUND], ...given }
    const { Listeners: made } = await this.elb.createListener(request)
    return made?.[0] ?? {}
  }

  async rule(given: Partial<CreateRuleInput> & { readonly ListenerArn: string | undefined }): Promise<Rule> {
    const conditions = [{ Field: 'path-pattern', Values: ['/a'] }]
    const request = { Priority: 1, Conditions: conditions, Actions: [NOT_FOUND], ...given }
    const { Rules: made } = await this.elb.createRule(request)
    return made?.[0] ?? {}
  }
}

export const NOT_FOUND = {
  Type: 'fixed-response',
  FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: 'nothing here' },
} as const

/** Name and text of the fault that a call is refused with. */
export const faultOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'no fault',
    ({ name, message }: Error) => `${name}: ${message}`,
  )
