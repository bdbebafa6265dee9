/**
 * Certificates from an ACME server such as Let's Encrypt. An order stands at the server, and its URL in our row: each step asks how far the
 * order is, and does what comes next. Doing that twice does no harm.
 */
import { X509Certificate } from 'node:crypto'
import type { Clock } from '../../../kit/clock.ts'
import type { Log } from '../../../kit/log.ts'
import { createSigningRequest, type NewKeyAlgorithm } from '../../../kit/x509.ts'
import type {
  AcmeChallengeRecord,
  CertificateRecord,
  DomainValidationRecord,
} from '../../../model/certificate-records.ts'
import {
  type Advance,
  type CertificateAuthority,
  IssuanceFailure,
  type IssuanceRequest,
} from '../certificate-authority.ts'
import { AcmeAccount, type AcmeAccountOptions } from './acme-account.ts'
import type { AcmeClient } from './acme-client.ts'
import { type AcmeAuthorization, type AcmeOrder, AcmeProblem } from './acme-messages.ts'
import { chosenChallenge, dnsRecord, nameOf } from './challenges.ts'
import { callDnsHook } from './dns-hook.ts'
import { failureOf, revocationCode } from './outcomes.ts'

export interface AcmeIssuerOptions extends AcmeAccountOptions {
  readonly clock: Clock
  readonly log: Log
  readonly dnsHook?: string | undefined
}

/** How long it takes until every balancer answers a challenge. */
const PROPAGATION_MS = 3000
const POLL_MS = 2000

type Waiting = Extract<Advance, { kind: 'waiting' }>

const waiting = (againInMs = POLL_MS, patch: Waiting['patch'] = {}): Waiting => ({ kind: 'waiting', patch, againInMs })

export class AcmeIssuer implements CertificateAuthority {
  readonly #options: AcmeIssuerOptions
  readonly #account: AcmeAccount

  constructor(options: AcmeIssuerOptions) {
    this.#options = options
    this.#account = new AcmeAccount(options)
  }

  async advance(request: IssuanceRequest): Promise<Advance> {
    try {
      const advance = await this.#advance(await this.#account.client(), request)
      if (advance.kind === 'issued') await this.#cleanUp(request)
      return advance
    } catch (error) {
      const isRefusal = error instanceof AcmeProblem
      if (isRefusal && error.type === 'accountDoesNotExist') await this.#account.forget()
      const failure = isRefusal ? failureOf(error) : error
      if (failure instanceof IssuanceFailure) await this.#cleanUp(request)
      throw failure
    }
  }

  async revoke({ issued, directoryUrl, revocationReason }: CertificateRecord): Promise<void> {
    // Issued by a server that is not this installation's any more: there is nobody to tell.
    if (issued === undefined || directoryUrl !== this.#options.directoryUrl) return
    const client = await this.#account.client()
    try {
      await client.revoke(new X509Certificate(issued.certificate).raw, revocationCode(revocationReason))
    } catch (error) {
      if (!(error instanceof AcmeProblem)) throw error
      this.#options.log.warn('the ACME server does not revoke a certificate', { problem: error.message })
    }
  }

  async #advance(client: AcmeClient, request: IssuanceRequest): Promise<Advance> {
    const { row, order, privateKey: key } = request
    const names = row.subjectAlternativeNames
    if (order.orderUrl === undefined) return waiting(0, { orderUrl: await client.newOrder(names), challenges: [] })
    const { value: found, retryInMs } = await client.order(order.orderUrl)
    if (found.status === 'pending') return this.#prove(client, request, found)
    if (found.status === 'processing') return waiting(retryInMs)
    if (found.status === 'valid') return this.#download(client, found)
    if (found.status === 'invalid') throw await reasonOf(client, found)
    const algorithm = row.keyAlgorithm as NewKeyAlgorithm
    await client.finalize(found, await createSigningRequest({ key, algorithm }, names))
    return { ...waiting(), validations: names.map((domainName) => ({ domainName, status: 'SUCCESS' as const })) }
  }

  async #prove(client: AcmeClient, request: IssuanceRequest, order: AcmeOrder): Promise<Advance> {
    const authorizations = await authorizationsOf(client, order)
    if (authorizations.some(({ status }) => status !== 'pending' && status !== 'valid'))
      throw await reasonOf(client, order)
    const validations = authorizations.map(validationOf)
    const isPublished = request.order.challenges.length > 0
    const challenges = isPublished ? request.order.challenges : await this.#publish(client, authorizations)
    if (!isPublished) return { ...waiting(PROPAGATION_MS, { challenges }), validations }
    const waitMs =
      Math.max(...challenges.map(({ publishedAt }) => publishedAt)) + PROPAGATION_MS - this.#options.clock.now()
    if (waitMs > 0) return { ...waiting(waitMs), validations }
    await answerPending(client, authorizations, challenges)
    return { ...waiting(), validations }
  }

  /** DNS records are there when this resolves; what HTTP-01 asks for is, when the rows are durable and balancers know them. */
  async #publish(
    client: AcmeClient,
    authorizations: readonly AcmeAuthorization[],
  ): Promise<readonly AcmeChallengeRecord[]> {
    const { dnsHook } = this.#options
    const challenges = authorizations
      .filter(({ status }) => status === 'pending')
      .map((authorization) => this.#recordOf(client, authorization))
    if (dnsHook !== undefined)
      for (const challenge of challenges) await callDnsHook(dnsHook, 'present', dnsRecord(challenge))
    const publishedAt = this.#options.clock.now()
    return challenges.map((challenge) => ({ ...challenge, publishedAt }))
  }

  #recordOf(client: AcmeClient, authorization: AcmeAuthorization): AcmeChallengeRecord {
    const { type, url, token } = chosenChallenge(authorization, this.#options.dnsHook !== undefined)
    return {
      type: type as AcmeChallengeRecord['type'],
      domainName: authorization.identifier.value,
      url,
      token,
      keyAuthorization: client.keyAuthorization(token),
      publishedAt: 0,
    }
  }

  async #download(client: AcmeClient, { certificate: url = '' }: AcmeOrder): Promise<Advance> {
    const blocks = (await client.download(url)).match(BLOCK) ?? []
    const [certificate, ...chain] = blocks.map((block) => `${block}\n`)
    if (certificate === undefined) throw new Error(`${url} is no certificate.`)
    const { directoryUrl } = this.#options
    return { kind: 'issued', certificate, directoryUrl, ...(chain.length > 0 && { chain: chain.join('') }) }
  }

  /** A record that stays behind proves nothing any more. */
  async #cleanUp({ order: { challenges } }: IssuanceRequest): Promise<void> {
    const { dnsHook, log } = this.#options
    if (dnsHook === undefined) return
    for (const challenge of challenges)
      await callDnsHook(dnsHook, 'cleanup', dnsRecord(challenge)).catch((error: unknown) =>
        log.warn('a DNS record stays behind', { error }),
      )
  }
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

const authorizationsOf = async (
  client: AcmeClient,
  { authorizations }: AcmeOrder,
): Promise<readonly AcmeAuthorization[]> => {
  const found = await Promise.all(authorizations.map((url) => client.authorization(url)))
  return found.map(({ value }) => value)
}

const validationOf = (authorization: AcmeAuthorization): Pick<DomainValidationRecord, 'domainName' | 'status'> => ({
  domainName: nameOf(authorization),
  status: authorization.status === 'valid' ? 'SUCCESS' : 'PENDING_VALIDATION',
})

/** The server looks for those that it was told of, and for no other. */
const answerPending = async (
  client: AcmeClient,
  authorizations: readonly AcmeAuthorization[],
  published: readonly AcmeChallengeRecord[],
): Promise<void> => {
  const urls = new Set(published.map(({ url }) => url))
  const challenges = authorizations.flatMap((authorization) => authorization.challenges)
  for (const challenge of challenges)
    if (challenge.status === 'pending' && urls.has(challenge.url)) await client.answer(challenge)
}

/** Why an order is invalid: the server says so of the challenge that failed, or of the order. */
const reasonOf = async (client: AcmeClient, order: AcmeOrder): Promise<AcmeProblem> => {
  for (const authorization of await authorizationsOf(client, order)) {
    const failed = authorization.challenges.find(({ error }) => error !== undefined)
    if (failed?.error !== undefined) return new AcmeProblem(failed.error, { domainName: nameOf(authorization) })
  }
  return new AcmeProblem(order.error ?? { detail: 'The order is invalid.' })
}
