/** Languages of queries, of which one is spoken here. */
import { invalidParameter } from './faults.ts'

export const LANGUAGE = 'CWLI'

/** Throws `InvalidParameterException` for another. */
export const checkLanguage = (queryLanguage: string | undefined): void => {
  if (queryLanguage !== undefined && queryLanguage !== LANGUAGE)
    throw invalidParameter(`Queries are in the language ${LANGUAGE}; SQL and PPL are not supported.`)
}
