/** The operations on users, groups, access keys, roles, instance profiles, OIDC providers and the account itself. */
import type { IamOperationTable } from './context.ts'

export const identityOperations: IamOperationTable = {}
