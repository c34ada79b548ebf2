import { traceStep } from "@idgan/core";
import { networkOf } from "../dist/networks/network.js";
import { outputsOf } from "../dist/networks/derivatives.js";
let n=0, empty=0;
for (let s = 400; s < 2000; s++) { const net = networkOf(s); if (!net.kinds.length) empty++;
  try { traceStep({ name: "n", inputs: Object.fromEntries(net.inputs.map(({shape},i)=>[`x${i}`,shape])), run: (f) => outputsOf(net, net.inputs.map((_, i) => f[`x${i}`])) }); n++; } catch (e) { console.log(net.title, e.message.slice(0,200)); } }
console.log(n, empty);
