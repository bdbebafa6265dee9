/** AWS Security Token Service: who calls, and temporary credentials. */
import { sdkModel } from '../../wire/sdk-model.ts'
import type { ServiceDefinition } from '../../wire/service.ts'
import { STS } from '../addresses.ts'
import type { ServicesDeps } from '../deps.ts'
import { performer } from '../operations.ts'
import type { StsDeps, StsOperationTable } from './context.ts'
import { assumeRole } from './operations/assume-role.ts'
import { assumeRoleWithWebIdentity } from './operations/assume-role-with-web-identity.ts'
import { decodeAuthorizationMessage } from './operations/decode-authorization-message.ts'
import { getAccessKeyInfo } from './operations/get-access-key-info.ts'
import { getCallerIdentity } from './operations/get-caller-identity.ts'
import { getFederationToken } from './operations/get-federation-token.ts'
import { getSessionToken } from './operations/get-session-token.ts'
import { IdentityProviders } from './web-identity/identity-providers.ts'

const operations: StsOperationTable = {
  AssumeRole: assumeRole,
  AssumeRoleWithWebIdentity: assumeRoleWithWebIdentity,
  DecodeAuthorizationMessage: decodeAuthorizationMessage,
  GetAccessKeyInfo: getAccessKeyInfo,
  GetCallerIdentity: getCallerIdentity,
  GetFederationToken: getFederationToken,
  GetSessionToken: getSessionToken,
}

/** What an identity provider vouches for. That of SAML is not there, which its callers hear only if they need no signature. */
const UNSIGNED: ReadonlySet<string> = new Set(['AssumeRoleWithSAML', 'AssumeRoleWithWebIdentity'])

export const stsService = ({ store, guard, sealer, sessions, clock }: ServicesDeps): ServiceDefinition => {
  const deps: StsDeps = { guard, sealer, sessions, tables: store.tables, providers: new IdentityProviders(clock) }
  return {
    ...STS,
    model: () => sdkModel('@aws-sdk/client-sts'),
    faults: { invalidInput: 'ValidationError' },
    numbers: {},
    operations: new Set(Object.keys(operations)),
    unsigned: UNSIGNED,
    call: performer({ store, service: 'sts', table: operations, deps, guard }),
  }
}
