/** Temporary credentials through the AWS SDK for JavaScript, on a server that verifies signatures and asks policies. */
import { DeleteClusterCommand, ECSClient, ListClustersCommand } from '@aws-sdk/client-ecs'
import {
  CreateAccessKeyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteRoleCommand,
  IAMClient,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  AssumeRoleCommand,
  AssumeRoleWithSAMLCommand,
  AssumeRoleWithWebIdentityCommand,
  AssumeRootCommand,
  type Credentials as StsCredentials,
  DecodeAuthorizationMessageCommand,
  ExpiredTokenException,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  GetWebIdentityTokenCommand,
  IDPCommunicationErrorException,
  InvalidAuthorizationMessageException,
  InvalidIdentityTokenException,
  MalformedPolicyDocumentException,
  STSClient,
} from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SystemClock } from '../../src/kit/clock.ts'
import { encodeAuthorizationMessage } from '../../src/model/authorization-message.ts'
import { aSealer } from '../services-deps.ts'
import { type TlsIssuer, tlsIssuer } from '../tls-issuer.ts'
import { officiallySigned } from './wire/official-signer.ts'
import {
  ACCOUNT,
  type Credentials,
  documentOf,
  REGION,
  verifyingServer,
  type VerifyingServer,
} from '../verifying-server.ts'

const HOUR_MS = 3_600_000
const CLUSTER_ARN = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/default`
const USER_ARN = `arn:aws:iam::${ACCOUNT}:user/ada`
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/app`

/** The machine's clock, which a test may put forward. */
class MovableClock extends SystemClock {
  aheadMs = 0

  override now(): number {
    return super.now() + this.aheadMs
  }
}

const clock = new MovableClock()
let server: VerifyingServer
let issuer: TlsIssuer
let iam: IAMClient
let ada: Credentials

const configured = (credentials: Credentials) => ({
  endpoint: server.endpoint,
  region: REGION,
  credentials,
  maxAttempts: 1,
  systemClockOffset: clock.aheadMs,
})
const stsOf = (credentials: Credentials): STSClient => new STSClient(configured(credentials))
const ecsOf = (credentials: Credentials): ECSClient => new ECSClient(configured(credentials))
const sessionOf = ({ AccessKeyId, SecretAccessKey, SessionToken }: Partial<StsCredentials> = {}): Credentials => ({
  accessKeyId: AccessKeyId ?? '',
  secretAccessKey: SecretAccessKey ?? '',
  sessionToken: SessionToken ?? '',
})
const who = async (credentials: Credentials): Promise<string | undefined> =>
  (await stsOf(credentials).send(new GetCallerIdentityCommand({}))).Arn

const assume = async (
  by: Credentials,
  input: Partial<ConstructorParameters<typeof AssumeRoleCommand>[0]> = {},
): Promise<Credentials> => {
  const command = new AssumeRoleCommand({ RoleArn: ROLE_ARN, RoleSessionName: 'one', ...input })
  return sessionOf((await stsOf(by).send(command)).Credentials)
}

const createRole = async (RoleName: string, trust: object, ...Action: string[]): Promise<void> => {
  const AssumeRolePolicyDocument = documentOf({ Action: 'sts:AssumeRole', ...trust, Resource: undefined })
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  if (Action.length === 0) return
  const PolicyDocument = documentOf({ Action })
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument }))
}

beforeAll(async () => {
  issuer = await tlsIssuer()
  server = await verifyingServer(clock)
  iam = new IAMClient(configured(server.root))
  await iam.send(new CreateUserCommand({ UserName: 'ada' }))
  const PolicyDocument = documentOf({ Action: ['sts:AssumeRole', 'sts:GetFederationToken', 'ecs:*'] })
  await iam.send(new PutUserPolicyCommand({ UserName: 'ada', PolicyName: 'p', PolicyDocument }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'ada' }))
  ada = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
  await createRole('app', { Principal: { AWS: ACCOUNT } }, 'ecs:ListClusters', 'ecs:DeleteCluster', 'sts:AssumeRole')
})
afterAll(async () => {
  await server.close()
  await issuer.close()
})

describe('GetCallerIdentity', () => {
  it('tells root user, user and session apart, and needs no permission', async () => {
    expect(await who(server.root)).toBe(`arn:aws:iam::${ACCOUNT}:root`)
    expect(await who(ada)).toBe(USER_ARN)
    expect(await who(await assume(ada))).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/app/one`)
  })
})

describe('a presigned GetCallerIdentity', () => {
  /** As tools send it to others, to prove who they are. */
  const presigned = async (keys: Credentials): Promise<string> => {
    const query = { Action: 'GetCallerIdentity', Version: '2011-06-15' }
    const options = { keys, at: clock.now(), region: REGION, service: 'sts', expiresIn: 60 }
    const host = server.endpoint.replace('http://', '')
    return server.endpoint + (await officiallySigned({ method: 'GET', query, headers: { host } }, options)).url
  }

  it('tells whoever has the URL who signed it', async () => {
    for (const [keys, arn] of [
      [ada, USER_ARN],
      [await assume(ada), ':assumed-role/app/one'],
    ] as const)
      expect(await (await fetch(await presigned(keys))).text()).toContain(arn)
  })

  it('tells nothing if the URL was changed', async () => {
    const answer = await fetch((await presigned(ada)).replace('GetCallerIdentity', 'GetSessionToken'))
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining('SignatureDoesNotMatch') as string,
    ])
  })
})

describe('AssumeRole', () => {
  it('gives credentials that do what the role may', async () => {
    const session = await assume(ada)
    expect((await ecsOf(session).send(new ListClustersCommand({}))).clusterArns).toEqual([CLUSTER_ARN])
    await expect(new IAMClient(configured(session)).send(new ListUsersCommand({}))).rejects.toMatchObject({
      name: 'AccessDenied',
    })
  })

  it('limits them to what a session policy allows', async () => {
    const session = await assume(ada, { Policy: documentOf({ Action: 'ecs:List*' }) })
    expect((await ecsOf(session).send(new ListClustersCommand({}))).clusterArns).toEqual([CLUSTER_ARN])
    await expect(ecsOf(session).send(new DeleteClusterCommand({ cluster: 'other' }))).rejects.toThrowError(
      'no session policy allows the ecs:DeleteCluster action',
    )
  })

  it('goes from role to role', async () => {
    await createRole('next', { Principal: { AWS: ROLE_ARN } })
    const session = await assume(await assume(ada), { RoleArn: `arn:aws:iam::${ACCOUNT}:role/next` })
    expect(await who(session)).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/next/one`)
  })

  it('is denied as AWS denies it', async () => {
    await createRole('closed', { Principal: { Service: 'ecs-tasks.amazonaws.com' } })
    for (const name of ['closed', 'imagined'])
      await expect(assume(ada, { RoleArn: `arn:aws:iam::${ACCOUNT}:role/${name}` })).rejects.toMatchObject({
        name: 'AccessDenied',
        message: expect.stringContaining(
          `User: ${USER_ARN} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${ACCOUNT}:role/${name}`,
        ) as string,
        $metadata: { httpStatusCode: 403 },
      })
    await expect(assume(server.root)).rejects.toThrowError('Roles may not be assumed by root accounts.')
  })

  it('names what is wrong with a request', async () => {
    await expect(assume(ada, { Policy: '{' })).rejects.toThrowError(MalformedPolicyDocumentException)
    await expect(assume(ada, { RoleSessionName: 'a b' })).rejects.toMatchObject({ name: 'ValidationError' })
    await expect(assume(ada, { DurationSeconds: 7200 })).rejects.toThrowError('exceeds the MaxSessionDuration')
  })
})

describe('a session', () => {
  it('ends at its time, on Query and JSON services', async () => {
    const session = await assume(ada)
    clock.aheadMs = HOUR_MS + 1000
    try {
      await expect(who(session)).rejects.toMatchObject({
        name: 'ExpiredToken',
        message: 'The security token included in the request is expired',
        $metadata: { httpStatusCode: 403 },
      })
      await expect(ecsOf(session).send(new ListClustersCommand({}))).rejects.toMatchObject({
        name: 'ExpiredTokenException',
        $metadata: { httpStatusCode: 400 },
      })
    } finally {
      clock.aheadMs = 0
    }
  })

  it('ends with its role', async () => {
    await createRole('brief', { Principal: { AWS: USER_ARN } })
    const session = await assume(ada, { RoleArn: `arn:aws:iam::${ACCOUNT}:role/brief` })
    await iam.send(new DeleteRoleCommand({ RoleName: 'brief' }))
    await expect(who(session)).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
  })

  it('is nobody’s with another’s token, or without one', async () => {
    const [one, other] = [await assume(ada), await assume(ada)]
    const { sessionToken: _token, ...keys } = one
    for (const wrong of [keys, { ...keys, sessionToken: other.sessionToken ?? '' }, { ...ada, sessionToken: 'x' }])
      await expect(who(wrong)).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
  })
})

describe('sessions of users', () => {
  it('have the user’s permissions, but for IAM and STS', async () => {
    const { Credentials: given } = await stsOf(ada).send(new GetSessionTokenCommand({ DurationSeconds: 900 }))
    const session = sessionOf(given)
    expect(await who(session)).toBe(USER_ARN)
    expect((await ecsOf(session).send(new ListClustersCommand({}))).clusterArns).toEqual([CLUSTER_ARN])
    expect(await who(await assume(session))).toContain(':assumed-role/app/one')
    await expect(new IAMClient(configured(session)).send(new ListUsersCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    })
    await expect(stsOf(session).send(new GetSessionTokenCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' })
  })

  it('can be handed on, limited to a policy', async () => {
    const Policy = documentOf({ Action: 'ecs:ListClusters' })
    const { Credentials: given, FederatedUser: user } = await stsOf(ada).send(
      new GetFederationTokenCommand({ Name: 'eve', Policy }),
    )
    const eve = sessionOf(given)
    expect(user?.Arn).toBe(`arn:aws:sts::${ACCOUNT}:federated-user/eve`)
    expect(await who(eve)).toBe(user?.Arn)
    expect((await ecsOf(eve).send(new ListClustersCommand({}))).clusterArns).toEqual([CLUSTER_ARN])
    await expect(ecsOf(eve).send(new DeleteClusterCommand({ cluster: 'x' }))).rejects.toThrowError('session policy')
    await expect(assume(eve)).rejects.toMatchObject({ name: 'AccessDenied' })
    const { Credentials: bare } = await stsOf(ada).send(new GetFederationTokenCommand({ Name: 'eve' }))
    await expect(ecsOf(sessionOf(bare)).send(new ListClustersCommand({}))).rejects.toThrowError('session policy')
  })
})

describe('AssumeRoleWithWebIdentity', () => {
  /** A client without any credentials. */
  const exchange = (WebIdentityToken: string, RoleArn = `arn:aws:iam::${ACCOUNT}:role/ci`) =>
    new STSClient({ endpoint: server.endpoint, region: REGION, maxAttempts: 1 }).send(
      new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'build', WebIdentityToken }),
    )

  beforeAll(async () => {
    const url = issuer.url.replace('https://', '')
    const { OpenIDConnectProviderArn: Federated } = await iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: issuer.url,
        ClientIDList: ['longshore'],
        ThumbprintList: [issuer.thumbprints.authority],
      }),
    )
    const Condition = { StringEquals: { [`${url}:aud`]: 'longshore', [`${url}:sub`]: 'repo:ada/app' } }
    const trust = { Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated }, Condition }
    await createRole('ci', trust, 'ecs:ListClusters')
  })

  it('gives a role to whom its provider vouches for, without a signature', async () => {
    const answer = await exchange(await issuer.token())
    expect(answer).toMatchObject({ SubjectFromWebIdentityToken: 'repo:ada/app', Audience: 'longshore' })
    const session = sessionOf(answer.Credentials)
    expect(await who(session)).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/ci/build`)
    expect((await ecsOf(session).send(new ListClustersCommand({}))).clusterArns).toEqual([CLUSTER_ARN])
  })

  it('refuses what is expired, foreign, or for someone else', async () => {
    await expect(exchange(await issuer.token({ exp: 1 }))).rejects.toThrowError(ExpiredTokenException)
    await expect(exchange(await issuer.token({ aud: 'x' }))).rejects.toThrowError(InvalidIdentityTokenException)
    await expect(exchange(await issuer.token({ iss: 'https://issuer.example' }))).rejects.toThrowError(
      'No OpenIDConnect provider found in your account for https://issuer.example',
    )
    const refusal = {
      name: 'AccessDenied',
      message: 'Not authorized to perform sts:AssumeRoleWithWebIdentity',
    }
    await expect(exchange(await issuer.token({ sub: 'eve' }))).rejects.toMatchObject(refusal)
    await expect(exchange(await issuer.token(), ROLE_ARN)).rejects.toMatchObject(refusal)
  })

  it('says that the provider cannot be asked', async () => {
    const { OpenIDConnectProviderArn: arn = '' } = await iam.send(
      new CreateOpenIDConnectProviderCommand({ Url: 'https://127.0.0.1:1', ClientIDList: ['longshore'] }),
    )
    expect(arn).toContain('oidc-provider/127.0.0.1:1')
    await expect(exchange(await issuer.token({ iss: 'https://127.0.0.1:1' }))).rejects.toThrowError(
      IDPCommunicationErrorException,
    )
  })
})

describe('the rest of STS', () => {
  it('tells the account of a key', async () => {
    const { Account } = await stsOf(server.root).send(new GetAccessKeyInfoCommand({ AccessKeyId: ada.accessKeyId }))
    expect(Account).toBe(ACCOUNT)
  })

  it('decodes authorization messages', async () => {
    const request = {
      principal: { arn: USER_ARN, account: ACCOUNT, userId: 'AIDAADA', accessKeyId: ada.accessKeyId },
      action: 'ecs:RunTask',
      resource: '*',
      context: {},
    }
    const decision = { outcome: 'implicitDeny', outcomes: {}, matched: [], missingContextKeys: [] } as const
    const EncodedMessage = encodeAuthorizationMessage(aSealer(), { request, decision })
    const { DecodedMessage = '' } = await stsOf(server.root).send(
      new DecodeAuthorizationMessageCommand({ EncodedMessage }),
    )
    expect(JSON.parse(DecodedMessage)).toMatchObject({ allowed: false, context: { action: 'ecs:RunTask' } })
    await expect(
      stsOf(server.root).send(new DecodeAuthorizationMessageCommand({ EncodedMessage: 'x' })),
    ).rejects.toThrowError(InvalidAuthorizationMessageException)
  })

  it('is not there, and says so', async () => {
    const sts = stsOf(server.root)
    const saml = { RoleArn: ROLE_ARN, PrincipalArn: ROLE_ARN, SAMLAssertion: 'assertion' }
    const absent = [
      sts.send(new AssumeRoleWithSAMLCommand(saml)),
      sts.send(new AssumeRootCommand({ TargetPrincipal: ACCOUNT, TaskPolicyArn: { arn: ROLE_ARN } })),
      sts.send(new GetWebIdentityTokenCommand({ Audience: ['x'], SigningAlgorithm: 'ES384' })),
    ]
    const answers = await Promise.allSettled(absent)
    const notImplemented = { name: 'NotImplemented', $metadata: { httpStatusCode: 501 } }
    for (const answer of answers) expect(answer).toMatchObject({ status: 'rejected', reason: notImplemented })
  })
})
