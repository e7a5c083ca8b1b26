// The practice shop's own script: fills the shell from its JSON, as shops of this kind do.
async function ask(path, method) {
  const answer = await fetch("/user/api/index/" + path, { method: method || "GET" });
  return (await answer.json()).data;
}

async function showItem(id) {
  const detail = await ask("commodityDetail?commodityId=" + id);
  document.querySelector(".item-detail .panel-body").innerHTML = detail.description;
  const value = await ask("valuation?commodityId=" + id + "&num=1", "POST");
  document.querySelector(".abacus .price").textContent = value.price;
  const stock = await ask("stock?commodityId=" + id, "POST");
  document.querySelector(".item-stock").textContent = "库存 " + stock.stock;
  document.querySelector(".sold b").textContent = stock.order_sold;
}

async function listGoods(categoriesId) {
  const categories = await ask("data");
  document.getElementById(categoriesId).innerHTML =
    '<a class="on">全部商品</a>' + categories.map((c) => `<a href="/cat/${c.id}">${c.name}</a>`).join("");
  const goods = await ask("commodity?categoryId=recommend&limit=0");
  document.querySelector(".goods-list").innerHTML = goods
    .map((g) => {
      const link = g.stock_state === 0 ? "javascript:void(0)" : "/item/" + g.id;
      return (
        `<a class="goods" href="${link}"><img src="${g.cover}" width="180" height="180" alt="">` +
        `<span class="name">${g.name}</span><span class="row"><b class="price">¥${g.price}</b>` +
        `<span class="stock">库存 ${g.stock}</span></span><span class="sold">已售 ${g.order_sold}</span></a>`
      );
    })
    .join("");
}
