/** Code and message of the fault that an answer is refused with. */
export const refusalOf = (answer: Promise<unknown>): Promise<readonly [code: string, message: string]> =>
  answer.then(
    () => ['', 'nothing was refused'],
    (error: Error & { readonly code?: string }) => [error.code ?? error.name, error.message],
  )
