/** Keeps the policies of resources to the users and roles that they meant when they were written. */
import { replacePrincipal } from '../../model/policy/replace-principal.ts'
import type { IamContext } from './context.ts'

/** In the policies of all resources, of every account: `after` in the place of the principal `before`. */
export const replaceNamedPrincipal = ({ tx }: IamContext, before: string, after: string): void => {
  const changed = <Row>(rows: Iterable<Row>, policyOf: (row: Row) => string | undefined): [Row, string][] =>
    [...rows].flatMap((row): [Row, string][] => {
      const policy = policyOf(row)
      const replaced = policy === undefined ? undefined : replacePrincipal(policy, before, after)
      return replaced === undefined || replaced === policy ? [] : [[row, replaced]]
    })
  for (const [{ key }, document] of changed(tx.roles.rows(), (role) => role.assumeRolePolicyDocument))
    tx.roles.update(key, { assumeRolePolicyDocument: document })
  for (const [{ keyId }, policy] of changed(tx.kmsKeys.rows(), (kmsKey) => kmsKey.policy))
    tx.kmsKeys.update(keyId, { policy })
  for (const [{ arn }, resourcePolicy] of changed(tx.secrets.rows(), (secret) => secret.resourcePolicy))
    tx.secrets.update(arn, { resourcePolicy })
}
