/**
 * The AWS CLI with profiles that assume roles: it gets temporary credentials by itself, chains them, and trades an identity token. The
 * server verifies signatures and asks policies.
 */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { type AccessKey, IAM } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TlsIssuer, tlsIssuer } from '../tls-issuer.ts'
import { ACCOUNT, documentOf, REGION, verifyingServer, type VerifyingServer } from '../verifying-server.ts'

const AWS = '/usr/bin/aws'
const CLUSTER_ARN = `arn:aws:ecs:${REGION}:${ACCOUNT}:cluster/default`
const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`

let server: VerifyingServer
let issuer: TlsIssuer
let home: string

/** Makes a user who may assume roles, and four roles; gives the user's key. */
const populate = async (): Promise<AccessKey | undefined> => {
  const iam = new IAM({ endpoint: server.endpoint, region: REGION, credentials: server.root, maxAttempts: 1 })
  const createRole = async (RoleName: string, trust: object, ...Action: string[]): Promise<void> => {
    const AssumeRolePolicyDocument = documentOf({ Action: 'sts:AssumeRole', ...trust, Resource: undefined })
    await iam.createRole({ RoleName, AssumeRolePolicyDocument })
    if (Action.length === 0) return
    await iam.putRolePolicy({ RoleName, PolicyName: 'p', PolicyDocument: documentOf({ Action }) })
  }
  await iam.createUser({ UserName: 'ada' })
  const PolicyDocument = documentOf({ Action: 'sts:AssumeRole' })
  await iam.putUserPolicy({ UserName: 'ada', PolicyName: 'p', PolicyDocument })
  const Condition = { StringEquals: { 'sts:ExternalId': 'secret', 'sts:RoleSessionName': 'deploy' } }
  await createRole('app', { Principal: { AWS: ACCOUNT }, Condition }, 'ecs:ListClusters', 'sts:AssumeRole')
  await createRole('next', { Principal: { AWS: roleArn('app') } })
  const { OpenIDConnectProviderArn: Federated } = await iam.createOpenIDConnectProvider({
    Url: issuer.url,
    ClientIDList: ['longshore'],
    ThumbprintList: [issuer.thumbprints.server],
  })
  await createRole('ci', { Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated } }, 'ecs:ListClusters')
  const { AccessKey: key } = await iam.createAccessKey({ UserName: 'ada' })
  iam.destroy()
  return key
}

const CONFIG = (endpoint: string, tokenFile: string): string => `
[default]
region = ${REGION}
endpoint_url = ${endpoint}
[profile app]
region = ${REGION}
endpoint_url = ${endpoint}
role_arn = ${roleArn('app')}
source_profile = default
external_id = secret
role_session_name = deploy
duration_seconds = 1800
[profile stranger]
region = ${REGION}
endpoint_url = ${endpoint}
role_arn = ${roleArn('app')}
source_profile = default
external_id = guess
role_session_name = deploy
[profile next]
region = ${REGION}
endpoint_url = ${endpoint}
role_arn = ${roleArn('next')}
source_profile = app
role_session_name = chained
[profile ci]
region = ${REGION}
endpoint_url = ${endpoint}
role_arn = ${roleArn('ci')}
web_identity_token_file = ${tokenFile}
role_session_name = build
`

beforeAll(async () => {
  issuer = await tlsIssuer()
  server = await verifyingServer()
  const key = await populate()
  home = mkdtempSync(path.join(tmpdir(), 'longshore-aws-'))
  const tokenFile = path.join(home, 'token')
  writeFileSync(tokenFile, await issuer.token())
  mkdirSync(path.join(home, '.aws'))
  writeFileSync(path.join(home, '.aws/config'), CONFIG(server.endpoint, tokenFile))
  writeFileSync(
    path.join(home, '.aws/credentials'),
    `[default]\naws_access_key_id = ${key?.AccessKeyId}\naws_secret_access_key = ${key?.SecretAccessKey}\n`,
  )
  // Versions before 2.13 take no endpoint from a profile for the STS that they ask themselves, but look for endpoint rules here.
  const rules = path.join(home, '.aws/models/sts/2011-06-15')
  mkdirSync(rules, { recursive: true })
  writeFileSync(path.join(rules, 'endpoint-rule-set-1.json'), JSON.stringify(ruleSet(server.endpoint)))
})
afterAll(async () => {
  rmSync(home, { recursive: true })
  await server.close()
  await issuer.close()
})

const ruleSet = (endpoint: string): object => {
  const flag = { required: true, default: false, type: 'Boolean' }
  return {
    version: '1.0',
    parameters: {
      Region: { builtIn: 'AWS::Region', required: false, type: 'String' },
      UseDualStack: { builtIn: 'AWS::UseDualStack', ...flag },
      UseFIPS: { builtIn: 'AWS::UseFIPS', ...flag },
      Endpoint: { builtIn: 'SDK::Endpoint', required: false, type: 'String' },
      UseGlobalEndpoint: { builtIn: 'AWS::STS::UseGlobalEndpoint', ...flag },
    },
    rules: [{ conditions: [], endpoint: { url: endpoint, properties: {}, headers: {} }, type: 'endpoint' }],
  }
}

const aws = async (profile: string, ...args: string[]): Promise<unknown> => {
  const env = { PATH: '/usr/bin:/bin', HOME: home, AWS_EC2_METADATA_DISABLED: 'true', AWS_PAGER: '' }
  const command = ['--profile', profile, '--endpoint-url', server.endpoint, '--output', 'json', ...args]
  try {
    const { stdout } = await promisify(execFile)(AWS, command, { env })
    return JSON.parse(stdout)
  } catch (error) {
    return (error as { stderr?: string }).stderr ?? error
  }
}

const assumed = (role: string, session: string): object => ({
  Account: ACCOUNT,
  Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`,
})

describe('the AWS CLI', () => {
  it('calls as the role of a profile', async () => {
    expect(await aws('app', 'sts', 'get-caller-identity')).toMatchObject(assumed('app', 'deploy'))
    expect(await aws('app', 'ecs', 'list-clusters')).toEqual({ clusterArns: [CLUSTER_ARN] })
    expect(await aws('app', 'iam', 'list-users')).toContain('An error occurred (AccessDenied)')
  })

  it('goes from role to role', async () => {
    expect(await aws('next', 'sts', 'get-caller-identity')).toMatchObject(assumed('next', 'chained'))
  })

  it('trades an identity token', async () => {
    expect(await aws('ci', 'sts', 'get-caller-identity')).toMatchObject(assumed('ci', 'build'))
    expect(await aws('ci', 'ecs', 'list-clusters')).toEqual({ clusterArns: [CLUSTER_ARN] })
  })

  it('is told that a role does not trust it', async () => {
    expect(await aws('stranger', 'ecs', 'list-clusters')).toContain(
      'An error occurred (AccessDenied) when calling the AssumeRole operation: ' +
        `User: arn:aws:iam::${ACCOUNT}:user/ada is not authorized to perform: sts:AssumeRole on resource: ${roleArn('app')}`,
    )
  })

  it('hands out credentials itself', async () => {
    expect(await aws('default', 'sts', 'get-session-token', '--duration-seconds', '900')).toMatchObject({
      Credentials: { AccessKeyId: expect.stringMatching(/^ASIA/) as string },
    })
    const request = ['--role-arn', roleArn('app'), '--role-session-name', 'deploy', '--external-id', 'secret']
    expect(await aws('default', 'sts', 'assume-role', ...request)).toMatchObject({
      AssumedRoleUser: { Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/app/deploy` },
    })
  })
})
