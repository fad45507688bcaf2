// A certified OpenID provider (npm "oidc-provider") for the tests: real HTTP, real keys.
// `node provider.mjs <redirect uri>`; prints its issuer. `POST /as/<sub>/<acr>` says who signs in.
import http from 'node:http'
import { Provider } from 'oidc-provider'

const [redirectUri] = process.argv.slice(2)
let person = { accountId: 'nobody', acr: 'eidas1' }
const server = http.createServer()
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const issuer = `http://127.0.0.1:${server.address().port}`
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'residents',
      client_secret: 'secret-of-the-tests-0123456789abcdef',
      redirect_uris: [redirectUri],
    },
  ],
  acrValues: ['eidas1', 'eidas2'],
  claims: { openid: ['sub'], profile: ['given_name', 'birthdate'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, given_name: 'Angela', birthdate: '1962-08-24' }),
  }),
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['key of the tests'] },
})
const answer = provider.callback()

server.on('request', async (request, response) => {
  const [, what, sub, acr] = request.url.split('/')
  if (what === 'as') {
    person = { accountId: sub, acr }
    response.end()
  } else if (what === 'interaction') {
    const { prompt, params, session } = await provider.interactionDetails(request, response)
    if (prompt.name === 'login') {
      await provider.interactionFinished(request, response, { login: person })
    } else {
      const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
      grant.addOIDCScope(params.scope)
      const consent = { grantId: await grant.save() }
      await provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true })
    }
  } else {
    answer(request, response)
  }
})
console.log(issuer)
